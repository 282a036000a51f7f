export { bindCall, callOf, currentCall, currentProvenance, newCall, runInCall } from './call-context.js';
export type { CallContext, CallOrigin } from './call-context.js';
export { describeError } from './describe-error.js';
export { LogLevel } from './log-level.js';
export type { LogLevelName } from './log-level.js';
export { LoggingModule, RequestLogger } from './logging.module.js';
export { requestLog } from './request-log.js';
