import { addressSubject, networkSubjects, RateLimitedError, RateLimiter, RateLimits, writeRateLimit } from '#zakops/rate-limit';
import type { RateLimitDecision } from '#zakops/rate-limit';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Identity } from './identify/identity.js';
import { DeviceCookie } from './sessions/device-cookie.js';

/** Counts calls: of each principal, and of each address without one. */
@Injectable()
export class CallLimits {
  constructor(
    private readonly limits: RateLimits,
    private readonly limiter: RateLimiter,
    private readonly devices: DeviceCookie,
  ) {}

  /**
   * Counts a call and tells the caller where it stands.
   *
   * @param asAuth - counts it, exactly, among the attempts to prove who one is, and among nothing else: those of its operator, else of its
   * browser if somebody logged in there before, else of its address and the networks around it
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
    if (asAuth) return this.decideAsAuth(request, identity);
    // While nobody has to log in, everybody is the same operator; counted together they would be in each other's way.
    if (identity === undefined) return this.limiter.take(this.limits.anonymous, addressSubject(request.ip ?? ''));
    if (identity.principal.kind === 'development') return this.limiter.take(this.limits.general, addressSubject(request.ip ?? ''));
    return this.limiter.take(this.limits.general, identity.rateSubject);
  }

  /** Nobody who shares an address with a stranger is kept out by the stranger's attempts, once they are known. */
  private async decideAsAuth(request: Request, identity: Identity | undefined): Promise<RateLimitDecision> {
    const { auth, authNetworks } = this.limits;
    if (identity?.principal.kind === 'operator') return this.limiter.takeExact(auth, identity.rateSubject);
    const device = this.devices.read(request);
    if (device !== undefined) return this.limiter.takeExact(auth, `device:${device}`);
    const address = request.ip ?? '';
    const own = await this.limiter.takeExact(auth, addressSubject(address));
    if (!own.allowed) return own;
    // Whoever has one network of IPv6 usually has many beside it.
    for (const [n, network] of networkSubjects(address).entries()) {
      const around = await this.limiter.takeExact(authNetworks[n] ?? auth, network);
      if (!around.allowed) return around;
    }
    return own;
  }
}

function apply(decision: RateLimitDecision, response: Response): true {
  writeRateLimit(response, decision);
  if (!decision.allowed) throw new RateLimitedError(decision);
  return true;
}
