import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { notesOf, refuseLater } from '../context/request-notes.js';
import { ExpectationFailedError } from '../problem/http.errors.js';

/**
 * Lets a client that sends `Expect: 100-continue` wait until its body is wanted (RFC 9110, 10.1.1); Node would call for it at once, also for
 * the body of a call that is then refused.
 */
export function honourExpectations(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    notesOf(request).holdsBodyBack = true;
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    refuseLater(request, new ExpectationFailedError());
    server.emit('request', request, response);
  });
}

/** Calls for the body, where its client waits to be asked. */
export function sendContinue({ notes }: IncomingMessage, response: ServerResponse): void {
  if (notes?.holdsBodyBack !== true) return;
  notes.holdsBodyBack = false;
  response.writeContinue();
}
