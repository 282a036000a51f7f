import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HeadersTooLargeError, RequestTimeoutError, UnreadableRequestError } from './http.errors.js';
import { rawAnswer } from './raw-answer.js';

declare module 'net' {
  interface Socket {
    /** The answer to the request that came last on this connection, while it is under way. */
    lastAnswer?: ServerResponse;
  }
}

const LINGER_MS = 500;

/**
 * Answers what is not HTTP (or has too large headers, or takes too long to send them) with a problem; it never reaches a route.
 *
 * @param headersTimeoutMs - what the server is set to, for the answer
 * @param headers - what every answer carries
 */
export function answerUnreadable(server: Server, headersTimeoutMs: number, headers: ReadonlyMap<string, string>): void {
  const tooSlow = rawAnswer(new RequestTimeoutError('The headers of a request', headersTimeoutMs), headers);
  const tooLarge = rawAnswer(new HeadersTooLargeError('The headers are larger than is read.'), headers);
  const unreadable = rawAnswer(new UnreadableRequestError('This is not a readable HTTP request.'), headers);
  server.on('request', ({ socket }, response) => {
    socket.lastAnswer = response;
    // An idle connection must keep neither the answer nor the body of its request. With pipelining a later answer may be there already.
    response.once('close', () => {
      if (socket.lastAnswer === response) delete socket.lastAnswer;
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // In the middle of an answer a second one would corrupt it; after a reset nobody reads it.
    if (socket.lastAnswer !== undefined || !socket.writable || error.code === 'ECONNRESET') {
      socket.destroy(error);
      return;
    }
    const isTooSlow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    const isTooLarge = error.code === 'HPE_HEADER_OVERFLOW';
    socket.end(isTooSlow ? tooSlow() : isTooLarge ? tooLarge() : unreadable());
    // Who sends slowly closes slowly as well: the answer gets a moment to arrive, then the connection is gone.
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  });
}
