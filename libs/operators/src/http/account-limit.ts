import { RateLimitedError, RateLimiter, RateLimits, writeRateLimit } from '#zakops/rate-limit';
import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { foldEmail } from '../domain/email-address.js';

/**
 * Counts attempts against one account, exactly and over all processes, from all addresses, whether or not the account exists. Beside the
 * limit of the caller, which `@AuthRateLimit()` counts.
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
   * @returns false when strangers have no attempts left, for this account or for all accounts. The call goes on: a 429 would show whether
   * the caller is a stranger to the account, and a known caller may still log in.
   */
  async takeLogin(email: string): Promise<boolean> {
    if (!this.limits.enabled) return true;
    const ofAccount = await this.limiter.takeExact(this.limits.auth, `account:${foldEmail(email)}`);
    const ofAll = await this.limiter.takeExact(this.limits.strangers, 'all accounts');
    return ofAccount.allowed && ofAll.allowed;
  }

  /** Counts a registration, before its password is hashed. @throws RateLimitedError when this e-mail has no attempts left */
  async takeRegistration(email: string, response: Response): Promise<void> {
    if (!this.limits.enabled) return;
    const decision = await this.limiter.takeExact(this.limits.auth, `registration:${foldEmail(email)}`);
    if (decision.allowed) return;
    writeRateLimit(response, decision);
    throw new RateLimitedError(decision);
  }
}
