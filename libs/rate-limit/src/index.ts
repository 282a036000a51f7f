export { addressSubject, networkSubjects } from './address-subject.js';
export { RateLimitConfig } from './rate-limit.config.js';
export { RateLimitModule } from './rate-limit.module.js';
export type { RateLimitDecision, RateLimitPolicy } from './rate-limit-policy.js';
export { RateLimitedError } from './rate-limited.error.js';
export { RateLimiter } from './rate-limiter.js';
export { RateLimits } from './rate-limits.js';
export { writeRateLimit } from './write-rate-limit.js';
export type { HeaderTarget } from './write-rate-limit.js';
