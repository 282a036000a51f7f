import { Injectable } from '@nestjs/common';
import passport from 'passport';
import type { Strategy } from 'passport';
import type { FoundIdentity } from './identity.js';

/**
 * Runs the passport strategies that identify callers. Sessions are those of `SessionStore`, not of passport.
 *
 * @remarks Each application has a passport of its own, because the default one belongs to the whole process.
 */
@Injectable()
export class PassportStrategies {
  readonly #passport = new passport.Passport();

  /** Adds a strategy. */
  use(name: string, strategy: Strategy): void {
    this.#passport.use(name, strategy);
  }

  /**
   * Runs a strategy on a request.
   *
   * @returns undefined when the strategy failed
   * @throws what the strategy reported as an error
   */
  run(name: string, request: object): Promise<FoundIdentity | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (error: unknown, found: FoundIdentity | false | null | undefined): void => {
        if (error === null || error === undefined) resolve(found === false || found === null ? undefined : found);
        else reject(asError(error));
      };
      const middleware = this.#passport.authenticate(name, { session: false }, settle) as Middleware;
      middleware(request, {}, (error) => {
        settle(error, undefined);
      });
    });
  }
}

type Middleware = (request: object, response: object, next: (error?: unknown) => void) => void;

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('A strategy reported something other than an error.', { cause: thrown });
}
