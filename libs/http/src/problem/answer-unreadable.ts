import { newCall } from '#zakops/observability';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { PROBLEM_MEDIA_TYPE } from '../openapi/problem-responses.js';
import { UnreadableRequestError } from './http.errors.js';
import { problemBody } from './problem-body.js';

/** Answers what is not HTTP (or has too large headers, or takes too long to send them) with a problem; it never reaches a route. */
export function answerUnreadable(server: Server): void {
  const busy = new WeakSet<object>();
  server.on('request', ({ socket }, response) => {
    busy.add(socket);
    response.once('close', () => busy.delete(socket));
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // In the middle of an answer a second one would corrupt it; after a reset nobody reads it.
    if (busy.has(socket) || !socket.writable || error.code === 'ECONNRESET') socket.destroy(error);
    else socket.end(unreadableAnswer());
  });
}

function unreadableAnswer(): string {
  const { traceId } = newCall().trace;
  const error = new UnreadableRequestError('This is not a readable HTTP request, or its headers are too large or too slow.');
  const body = JSON.stringify(problemBody(error, { url: '/', traceId, at: new Date() }));
  const headers = [
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    `X-Trace-ID: ${traceId}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    'Connection: close',
  ];
  return `HTTP/1.1 400 Bad Request\r\n${headers.join('\r\n')}\r\n\r\n${body}`;
}
