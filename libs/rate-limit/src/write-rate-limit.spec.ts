import { RateLimitedError } from './rate-limited.error.js';
import { writeRateLimit } from './write-rate-limit.js';

const policy = { name: 'general', limit: 600, windowSeconds: 60 };

describe(writeRateLimit.name, () => {
  const written = (decision: Parameters<typeof writeRateLimit>[1]): Record<string, string> => {
    const headers: Record<string, string> = {};
    writeRateLimit({ setHeader: (name, value) => (headers[name] = value) }, decision);
    return headers;
  };

  it('writes where a caller stands', () => {
    expect(written({ allowed: true, policy, remaining: 599, resetSeconds: 42 })).toEqual({
      'RateLimit-Policy': '"general";q=600;w=60',
      RateLimit: '"general";r=599;t=42',
    });
  });

  it('says when to try again', () => {
    const refused = { allowed: false, policy, remaining: 0, resetSeconds: 7 };
    expect(written(refused)).toEqual({
      'RateLimit-Policy': '"general";q=600;w=60',
      RateLimit: '"general";r=0;t=7',
      'Retry-After': '7',
    });
    expect(new RateLimitedError(refused)).toMatchObject({ code: 'RATE_LIMITED', category: 'rate_limited', retryAfterSeconds: 7 });
  });
});
