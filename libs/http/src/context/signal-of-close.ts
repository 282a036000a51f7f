import type { Response } from 'express';

/** Aborted when the connection closes, whether the answer was sent or the client has gone. */
export function signalOfClose(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    controller.abort();
  });
  return controller.signal;
}
