export { AggregateRoot } from './aggregate-root.js';
export { Clock, SystemClock } from './clock.js';
export { DomainError } from './domain-error.js';
export type { DomainErrorOptions, ErrorCategory, FieldError } from './domain-error.js';
export type { Actor, DomainEvent, Provenance } from './domain-event.js';
export { randomIdHex } from './random-id-hex.js';
export { formatTraceparent, isCorrelationId, nextSpan, parseTraceparent } from './trace-context.js';
export type { TraceContext } from './trace-context.js';
export { uuidV7 } from './uuid-v7.js';
