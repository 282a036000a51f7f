import type { RequestHandler } from 'express';

/**
 * Makes one middleware of several.
 *
 * @remarks The router looks at every middleware of its own again for each request; these are passed through without it.
 */
export function inTurn(chain: readonly RequestHandler[]): RequestHandler {
  return (request, response, done) => {
    const run = (position: number): void => {
      const handler = chain[position];
      if (handler === undefined) {
        done();
        return;
      }
      void handler(request, response, (error?: unknown) => {
        if (error === undefined) run(position + 1);
        else done(error);
      });
    };
    run(0);
  };
}
