export { bindCall, callOf, currentCall, currentProvenance, newCall, runInCall } from './call-context.js';
export type { CallContext, CallOrigin } from './call-context.js';
export { LoggingModule } from './logging.module.js';
