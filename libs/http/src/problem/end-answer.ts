import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasBody } from '../input/body-head.js';

const LINGER_MS = 500;
const LINGER_BYTES = 1_048_576;

/**
 * Ends an answer whose headers are set. Closes the connection, too, where the client would go on sending a body that is not read.
 *
 * @remarks A connection that is closed under arriving bytes is reset, and the reset may overtake the answer. So the rest is thrown away for
 * a moment first (RFC 9112, 9.6). A client that has sent everything keeps its connection.
 * @param body - as long as `Content-Length` says
 */
export function endAnswer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (request.complete || !hasBody(request)) {
    response.end(body);
    return;
  }
  // What came with the headers is parsed by then.
  setImmediate(() => {
    if (request.complete) response.end(body);
    else endUnread(request, response, body);
  });
}

function endUnread(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  response.setHeader('Connection', 'close');
  if (request.notes?.holdsBodyBack === true) {
    response.end(body);
    return;
  }
  response.write(body);
  let left = LINGER_BYTES;
  const onData = (chunk: Buffer): void => {
    left -= chunk.length;
    if (left < 0) end();
  };
  const end = (): void => {
    clearTimeout(timer);
    request.off('data', onData).off('end', end).off('close', end);
    response.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  request.on('data', onData).once('end', end).once('close', end);
  request.resume();
}
