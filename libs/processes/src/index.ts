export type { FigureSource } from './heartbeat/figure-source.js';
export type { MainLoop } from './heartbeat/main-loop.js';
export { ProcessHeartbeat } from './heartbeat/process-heartbeat.js';
export { ProcessReader } from './list/process-reader.js';
export type { ProcessRow, ProcessSummary } from './list/process-row.js';
export { ProcessIdentity } from './process-identity.js';
export type { ProcessKind } from './process-kind.js';
export { ProcessesHttpModule } from './processes-http.module.js';
export { ProcessesModule } from './processes.module.js';
