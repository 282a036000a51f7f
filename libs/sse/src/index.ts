export { SseHub } from './hub/sse-hub.js';
export type { HubCounts } from './hub/sse-hub.js';
export { CLOSE_CAUSES } from './hub/event-stream.js';
export type { CloseCause } from './hub/event-stream.js';
export { StreamAdmission } from './hub/stream-admission.js';
export { SseConfig } from './sse.config.js';
export { SseModule } from './sse.module.js';
