import type { RateLimitDecision } from './rate-limit-policy.js';

/** The part of a response that takes headers. */
export interface HeaderTarget {
  setHeader(name: string, value: string): unknown;
}

/**
 * Tells the caller where it stands: `RateLimit-Policy` and `RateLimit` as in the IETF draft, and `Retry-After` when it is refused.
 *
 * @remarks Called for two policies, the later one stands.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function writeRateLimit(response: HeaderTarget, { allowed, policy, remaining, resetSeconds }: RateLimitDecision): void {
  const { name, limit, windowSeconds } = policy;
  response.setHeader('RateLimit-Policy', `"${name}";q=${String(limit)};w=${String(windowSeconds)}`);
  response.setHeader('RateLimit', `"${name}";r=${String(remaining)};t=${String(resetSeconds)}`);
  if (!allowed) response.setHeader('Retry-After', String(resetSeconds));
}
