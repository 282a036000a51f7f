export { IdempotencyConfig } from './idempotency.config.js';
export { IdempotencyKeyInUseError, IdempotencyKeyReusedError, IdempotentAnswerWasSecretError } from './idempotency.errors.js';
export { IdempotencyModule } from './idempotency.module.js';
export { Idempotent } from './idempotent.decorator.js';
