export { SseConfig } from './sse.config.js';
export { SseModule } from './sse.module.js';
