import { sendJson } from '#zakops/http';
import type { Response } from 'express';
import { pipeline } from 'node:stream/promises';

/** The most characters that are kept back until the end of a text is known. */
const SHORT_LENGTH = 512 * 1_024;

/**
 * Sends a JSON text that is made while it is sent.
 *
 * @remarks A short one is made first: it gets an entity tag as every JSON answer, and a failure on the way becomes a problem answer. A long
 * one is sent in chunks without a tag, as fast as the client reads; a failure on the way breaks the connection, so that no client takes the
 * text for a whole one.
 */
export async function sendLongJson(response: Response, text: AsyncGenerator<string>): Promise<void> {
  let start = '';
  while (start.length < SHORT_LENGTH) {
    const part = await text.next();
    if (part.done === true) {
      sendJson(response, start);
      return;
    }
    start += part.value;
  }
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  // Express answers HEAD by the GET handler; the rest need not be read for it.
  if (response.req.method === 'HEAD') {
    await text.return(undefined);
    response.end();
    return;
  }
  await pipeline(rest(start, text), response).catch((error: unknown) => {
    if (!response.destroyed || !isPrematureClose(error)) throw error;
  });
}

async function* rest(start: string, text: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start;
  yield* text;
}

/** The client disconnected, which is no error of the server. */
function isPrematureClose(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
