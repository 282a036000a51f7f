import { RuntimeConfig } from '#zakops/config';
import { Injectable } from '@nestjs/common';
import { RateLimitConfig } from './rate-limit.config.js';
import type { RateLimitPolicy } from './rate-limit-policy.js';

const MINUTE_SECONDS = 60;

/** The policies as they are set. */
@Injectable()
export class RateLimits {
  /** False: nobody is counted. */
  readonly enabled: boolean;
  /** Of one operator or API key. */
  readonly general: RateLimitPolicy;
  /** Of one address without either. */
  readonly anonymous: RateLimitPolicy;
  /** Of proving who one is; to be taken exactly. */
  readonly auth: RateLimitPolicy;
  /** The same of IPv6 networks of 56 and 48 bits, which one line may have as a whole; to be taken exactly. */
  readonly authNetworks: readonly [RateLimitPolicy, RateLimitPolicy];
  /** Logins of strangers to all accounts together; to be taken exactly. */
  readonly strangers: RateLimitPolicy;

  constructor(config: RateLimitConfig, runtime: RuntimeConfig) {
    this.enabled = config.enabled ?? runtime.appEnv === 'production';
    this.general = perMinute('general', config.generalPerMinute);
    this.anonymous = perMinute('anonymous', config.anonymousPerMinute);
    this.auth = perMinute('auth', config.authPerMinute);
    this.authNetworks = [perMinute('auth-wide', config.authPerMinute * 2), perMinute('auth-widest', config.authPerMinute * 4)];
    this.strangers = perMinute('strangers', config.strangersPerMinute);
  }
}

function perMinute(name: string, limit: number): RateLimitPolicy {
  return { name, limit, windowSeconds: MINUTE_SECONDS };
}
