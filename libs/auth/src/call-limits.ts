import { addressSubject, networkSubjects, RateLimitedError, RateLimiter, RateLimits, writeRateLimit } from '#zakops/rate-limit';
import type { RateLimitDecision } from '#zakops/rate-limit';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { andThen } from './and-then.js';
import type { Identity } from './identify/identity.js';
import { DeviceCookie } from './sessions/device-cookie.js';

/** Counts calls: per principal, and per address for unknown callers. */
@Injectable()
export class CallLimits {
  constructor(
    private readonly limits: RateLimits,
    private readonly limiter: RateLimiter,
    private readonly devices: DeviceCookie,
  ) {}

  /**
   * Counts a call, and writes the limit to the response.
   *
   * @param authRateLimited - counts the call against the auth limit only
   * @returns a promise only when the database has to be asked
   * @throws RateLimitedError
   */
  count(request: Request, response: Response, identity: Identity | undefined, authRateLimited: boolean): void | Promise<void> {
    if (!this.limits.enabled) return;
    const decision = authRateLimited ? this.takeAuth(request, identity) : this.takeGeneral(request, identity);
    return andThen(decision, (made) => {
      writeRateLimit(response, made);
      if (!made.allowed) throw new RateLimitedError(made);
    });
  }

  private takeGeneral({ ip = '' }: Request, identity: Identity | undefined): RateLimitDecision | Promise<RateLimitDecision> {
    const { anonymous, general } = this.limits;
    if (identity === undefined) return this.limiter.take(anonymous, addressSubject(ip));
    // Every caller without a session is the same development operator: counted together they would exhaust each other's calls.
    const isShared = identity.principal.kind === 'development';
    return this.limiter.take(general, isShared ? addressSubject(ip) : identity.rateSubject);
  }

  /** By operator, else by known browser, else by address and its networks: a stranger's attempts never count against a known caller. */
  private async takeAuth(request: Request, identity: Identity | undefined): Promise<RateLimitDecision> {
    const { auth, authNetworks } = this.limits;
    if (identity?.principal.kind === 'operator') return this.limiter.takeExact(auth, identity.rateSubject);
    const device = this.devices.read(request);
    if (device !== undefined) return this.limiter.takeExact(auth, `device:${device}`);
    const address = request.ip ?? '';
    const own = await this.limiter.takeExact(auth, addressSubject(address));
    if (!own.allowed) return own;
    // An attacker with one IPv6 network usually has the networks beside it too.
    for (const [n, network] of networkSubjects(address).entries()) {
      const around = await this.limiter.takeExact(authNetworks[n] ?? auth, network);
      if (!around.allowed) return around;
    }
    return own;
  }
}
