import { addressSubject, RateLimitedError, RateLimiter, RateLimits, writeRateLimit } from '#zakops/rate-limit';
import type { RateLimitDecision } from '#zakops/rate-limit';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Identity } from './identify/identity.js';

/** Counts calls: of each principal, and of each address without one. */
@Injectable()
export class CallLimits {
  constructor(
    private readonly limits: RateLimits,
    private readonly limiter: RateLimiter,
  ) {}

  /**
   * Counts a call and tells the caller where it stands.
   *
   * @param asAuth - counts it, exactly, among the attempts of its address to prove who one is, and among nothing else
   * @returns a promise only when the database has to be asked
   * @throws RateLimitedError
   */
  count(request: Request, response: Response, identity: Identity | undefined, asAuth: boolean): true | Promise<true> {
    if (!this.limits.enabled) return true;
    const decision = this.decide(request, identity, asAuth);
    if (decision instanceof Promise) return decision.then((made) => apply(made, response));
    return apply(decision, response);
  }

  private decide(request: Request, identity: Identity | undefined, asAuth: boolean): RateLimitDecision | Promise<RateLimitDecision> {
    if (asAuth) return this.limiter.takeExact(this.limits.auth, addressSubject(request.ip ?? ''));
    // While nobody has to log in, everybody is the same operator; counted together they would be in each other's way.
    if (identity === undefined) return this.limiter.take(this.limits.anonymous, addressSubject(request.ip ?? ''));
    if (identity.principal.kind === 'development') return this.limiter.take(this.limits.general, addressSubject(request.ip ?? ''));
    return this.limiter.take(this.limits.general, identity.rateSubject);
  }
}

function apply(decision: RateLimitDecision, response: Response): true {
  writeRateLimit(response, decision);
  if (!decision.allowed) throw new RateLimitedError(decision);
  return true;
}
