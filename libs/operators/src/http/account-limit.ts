import { RateLimitedError, RateLimiter, RateLimits, writeRateLimit } from '#zakops/rate-limit';
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { foldEmail } from '../domain/email-address.js';

/**
 * Counts attempts against one account, exactly and over all processes, whatever addresses they come from, and whether or not the
 * account exists. Beside the limit of the caller, which `@LimitedAsAuth()` counts.
 */
@Injectable()
export class AccountLimit {
  constructor(
    private readonly limits: RateLimits,
    private readonly limiter: RateLimiter,
  ) {}

  /**
   * Counts a login.
   *
   * @returns false when strangers have used up their attempts, at this account or at all together. Nobody is told, because the answer
   * would tell whether the caller is a stranger to the account; and who is known is not kept out by those who are not.
   */
  async takeLogin(email: string): Promise<boolean> {
    if (!this.limits.enabled) return true;
    const ofAccount = await this.limiter.takeExact(this.limits.auth, `account:${foldEmail(email)}`);
    const ofAll = await this.limiter.takeExact(this.limits.strangers, 'all accounts');
    return ofAccount.allowed && ofAll.allowed;
  }

  /** @throws RateLimitedError when the minute's registrations of this e-mail are used up; nothing was hashed then */
  async takeRegistration(email: string, response: Response): Promise<void> {
    if (!this.limits.enabled) return;
    const decision = await this.limiter.takeExact(this.limits.auth, `registration:${foldEmail(email)}`);
    if (decision.allowed) return;
    writeRateLimit(response, decision);
    throw new RateLimitedError(decision);
  }
}
