export { currentCall, currentProvenance, newCall, runInCall } from './call-context.js';
export type { CallContext, CallOrigin } from './call-context.js';
export { describeError } from './describe-error.js';
export { keepInspectorClosed } from './keep-inspector-closed.js';
export { LogLevel } from './log-level.js';
export type { LogLevelName } from './log-level.js';
export { LoggingModule, RequestLogger } from './logging.module.js';
export { isProbe, requestLog } from './request-log.js';
export type { RequestObserver } from './request-log.js';
