import { DomainError } from '#zakops/kernel';
import type { RateLimitDecision } from './rate-limit-policy.js';

/** Too many calls: 429 `RATE_LIMITED` with `Retry-After`. */
export class RateLimitedError extends DomainError {
  constructor({ policy, resetSeconds }: RateLimitDecision) {
    super({
      code: 'RATE_LIMITED',
      category: 'rate_limited',
      detail: `At most ${String(policy.limit)} calls in ${String(policy.windowSeconds)} seconds are allowed; try again in ${String(resetSeconds)}.`,
      context: { policy: policy.name, limit: policy.limit, window_seconds: policy.windowSeconds },
      retryAfterSeconds: resetSeconds,
    });
  }
}
