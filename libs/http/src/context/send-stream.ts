import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/**
 * Sends a text that is made while it is sent, as fast as the client reads.
 *
 * @remarks A HEAD reads nothing. A failure before the first part becomes a problem answer. A later failure breaks the connection, so that
 * no client takes the text for a whole one. A client that disconnects ends the reading, and is no error.
 * @param open - begins the text
 */
export async function sendStream(
  response: ServerResponse,
  open: () => AsyncGenerator<string> | Promise<AsyncGenerator<string>>,
): Promise<void> {
  // Express answers HEAD by the GET handler.
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  const text = await open();
  try {
    const first = await text.next();
    if (response.destroyed) return;
    await pipeline(withFirst(first, text), response);
  } catch (error) {
    if (!response.destroyed || (error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  } finally {
    await text.return(undefined);
  }
}

async function* withFirst(first: IteratorResult<string>, text: AsyncGenerator<string>): AsyncGenerator<string> {
  if (first.done === true) return;
  yield first.value;
  yield* text;
}
