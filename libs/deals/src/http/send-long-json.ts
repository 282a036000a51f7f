import { sendJson, sendStream } from '#zakops/http';
import type { Response } from 'express';

/** The most characters that are kept back until the end of a text is known. */
const SHORT_LENGTH = 512 * 1_024;

/**
 * Sends a JSON text that is made while it is sent.
 *
 * @remarks A short one is made first: it gets an entity tag as every JSON answer, and a failure on the way becomes a problem answer. A long
 * one is sent without a tag, by {@link sendStream}.
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
  await sendStream(response, () => rest(start, text));
  // A HEAD has begun the text and read no rest.
  await text.return(undefined);
}

async function* rest(start: string, text: AsyncGenerator<string>): AsyncGenerator<string> {
  yield start;
  yield* text;
}
