import { RateLimitedError, RateLimiter, RateLimits, writeRateLimit } from '#zakops/rate-limit';
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { normaliseEmail } from '../domain/email-address.js';

/**
 * Counts attempts against one account, exactly and over all processes, whatever addresses they come from, and whether or not the
 * account exists. Beside the limit per address, which `@LimitedAsAuth()` counts.
 */
@Injectable()
export class AccountLimit {
  constructor(
    private readonly limits: RateLimits,
    private readonly limiter: RateLimiter,
  ) {}

  /** @throws RateLimitedError when the minute's attempts are used up; nothing was hashed then */
  async take(email: string, response: Response): Promise<void> {
    if (!this.limits.enabled) return;
    const decision = await this.limiter.takeExact(this.limits.auth, `account:${normaliseEmail(email)}`);
    if (decision.allowed) return;
    writeRateLimit(response, decision);
    throw new RateLimitedError(decision);
  }
}
