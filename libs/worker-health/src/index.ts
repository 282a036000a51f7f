export { explainFailing, readFailingLoops, sayFailing, sayTime } from './failing-loop.js';
export type { FailingLoop } from './failing-loop.js';
export { BEAT_BEFORE_SET_BACK, FRESH_BEAT, FRESH_FOR_SECONDS, isFresh, secondsFromNow } from './heartbeat-age.js';
export { judgeWorker } from './judge-worker.js';
export type { WorkerHealth, WorkerSigns } from './judge-worker.js';
export { WorkerHealthCheck } from './worker-health-check.js';
export type { WorkerHealthCheckOptions } from './worker-health-check.js';
