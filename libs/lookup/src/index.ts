export { LookupHttpModule } from './lookup-http.module.js';
export { LookupModule } from './lookup.module.js';
export { LookupId } from './queries/lookup-id/lookup-id.query.js';
export { byPosition, byTraceId, byUuid, ContributesLookup } from './sources/lookup-source.js';
export type { Lookup, LookupHit, LookupSource } from './sources/lookup-source.js';
