import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { refuseLater } from '../context/refusal.js';
import { ExpectationFailedError } from '../problem/http.errors.js';

const awaited = new WeakSet<object>();

/**
 * Lets a client that sends `Expect: 100-continue` wait until its body is wanted (RFC 9110, 10.1.1); Node would call for it at once, also for
 * the body of a call that is then refused.
 */
export function honourExpectations(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    awaited.add(request);
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    refuseLater(request, new ExpectationFailedError());
    server.emit('request', request, response);
  });
}

/** Calls for the body, where its client waits to be asked. */
export function sendContinue(request: IncomingMessage, response: ServerResponse): void {
  if (awaited.delete(request)) response.writeContinue();
}

/** True while a client holds its body back. */
export function holdsBodyBack(request: IncomingMessage): boolean {
  return awaited.has(request);
}
