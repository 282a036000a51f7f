export { SearchHttpModule } from './search-http.module.js';
export { ContributesSearch } from './sources/search-source.js';
export type { HitRow, SearchFilter, SearchKind, SearchSource, SearchSourceOptions } from './sources/search-source.js';
