import type { RateLimitDecision, RateLimitPolicy } from './rate-limit-policy.js';

/** The part of a response that takes headers. */
export interface HeaderTarget {
  setHeader(name: string, value: string): unknown;
}

/** The unchanging parts of the headers of one policy. */
interface Texts {
  readonly policy: string;
  readonly remaining: string;
}

const texts = new WeakMap<RateLimitPolicy, Texts>();

/**
 * Tells the caller where it stands: `RateLimit-Policy` and `RateLimit` as in the IETF draft, and `Retry-After` when it is refused.
 *
 * @remarks Called for two policies, the later one stands.
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
 */
export function writeRateLimit(response: HeaderTarget, { allowed, policy, remaining, resetSeconds }: RateLimitDecision): void {
  const known = texts.get(policy) ?? prepare(policy);
  response.setHeader('RateLimit-Policy', known.policy);
  response.setHeader('RateLimit', `${known.remaining}${String(remaining)};t=${String(resetSeconds)}`);
  if (!allowed) response.setHeader('Retry-After', String(resetSeconds));
}

function prepare(policy: RateLimitPolicy): Texts {
  const { name, limit, windowSeconds } = policy;
  const made = { policy: `"${name}";q=${String(limit)};w=${String(windowSeconds)}`, remaining: `"${name}";r=` };
  texts.set(policy, made);
  return made;
}
