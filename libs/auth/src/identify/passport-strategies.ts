import { Injectable } from '@nestjs/common';
import passport from 'passport';
import type { Strategy } from 'passport';

/**
 * Runs passport strategies by name, for those that tell who somebody is and leave sessions to {@link SessionStore}.
 *
 * @remarks A passport of its own for each application, where the package's default is one for the whole process.
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
   * @returns what it succeeded with; undefined when it failed
   * @throws what it reported as an error
   */
  run<T>(name: string, request: object, response: object = {}): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const settle = (error: unknown, user: unknown): void => {
        if (error !== null && error !== undefined) reject(asError(error));
        else resolve(user === false || user === null || user === undefined ? undefined : (user as T));
      };
      const middleware = this.#passport.authenticate(name, { session: false }, settle) as Middleware;
      middleware(request, response, (error) => {
        settle(error ?? null, false);
      });
    });
  }
}

type Middleware = (request: object, response: object, next: (error?: unknown) => void) => void;

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('A strategy reported something other than an error.', { cause: thrown });
}
