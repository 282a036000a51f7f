export type { Span, SpanAttributes, SpanKind, SpanOptions } from './span.js';
export { tracing } from './tracing.js';
export type { Tracing } from './tracing.js';
export { TracingConfig } from './tracing.config.js';
export { TracingModule } from './tracing.module.js';
