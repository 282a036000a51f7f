import { loadConfig, RuntimeConfig } from '#zakops/config';
import { RateLimitConfig } from './rate-limit.config.js';
import { RateLimits } from './rate-limits.js';

function limitsOf(env: Readonly<Record<string, string>>): RateLimits {
  const config = loadConfig([RuntimeConfig, RateLimitConfig], env);
  return new RateLimits(config.get(RateLimitConfig), config.get(RuntimeConfig));
}

describe(RateLimits.name, () => {
  it.each([
    [{ APP_ENV: 'production' }, true],
    [{ APP_ENV: 'production', RATE_LIMIT_ENABLED: 'false' }, false],
    [{}, false],
    [{ APP_ENV: 'development' }, false],
    [{ APP_ENV: 'development', RATE_LIMIT_ENABLED: 'true' }, true],
  ])('with %j counts: %s', (env, enabled) => {
    expect(limitsOf(env).enabled).toBe(enabled);
  });

  it('are 600 a minute for who is known, 60 for an address, and 10 for attempts to be known', () => {
    const { general, anonymous, auth } = limitsOf({});
    expect([general, anonymous, auth]).toEqual([
      { name: 'general', limit: 600, windowSeconds: 60 },
      { name: 'anonymous', limit: 60, windowSeconds: 60 },
      { name: 'auth', limit: 10, windowSeconds: 60 },
    ]);
  });
});
