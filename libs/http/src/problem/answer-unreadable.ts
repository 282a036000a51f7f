import { newCall } from '#zakops/observability';
import type { DomainError } from '#zakops/kernel';
import { STATUS_CODES } from 'node:http';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_MEDIA_TYPE } from '../openapi/problem-responses.js';
import { HeadersTooLargeError, RequestTimeoutError, UnreadableRequestError } from './http.errors.js';
import { problemBody } from './problem-body.js';
import { statusOfError } from './problem-status.js';

const LINGER_MS = 500;

/** Answers what is not HTTP (or has too large headers, or takes too long to send them) with a problem; it never reaches a route. */
export function answerUnreadable(server: Server): void {
  const busy = new WeakSet<object>();
  server.on('request', ({ socket }, response) => {
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // In the middle of an answer a second one would corrupt it; after a reset nobody reads it.
    if (busy.has(socket) || !socket.writable || error.code === 'ECONNRESET') {
      socket.destroy(error);
      return;
    }
    socket.end(answerOf(toError(error.code, server.headersTimeout)));
    // Who sends slowly closes slowly as well: the answer gets a moment to arrive, then the connection is gone.
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  });
}

function toError(code = '', headersTimeoutMs: number): DomainError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RequestTimeoutError('The headers of a request', headersTimeoutMs);
    case 'HPE_HEADER_OVERFLOW':
      return new HeadersTooLargeError('The headers are larger than is read.');
    default:
      return new UnreadableRequestError('This is not a readable HTTP request.');
  }
}

function answerOf(error: DomainError): string {
  const { traceId } = newCall().trace;
  const status = statusOfError(error);
  const body = JSON.stringify(problemBody(error, { url: '/', traceId, at: new Date() }));
  const headers = [
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    `X-Trace-ID: ${traceId}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
  ];
  return `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}
