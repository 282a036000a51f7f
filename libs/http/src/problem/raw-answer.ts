import type { DomainError } from '#zakops/kernel';
import { newCall } from '#zakops/observability';
import { STATUS_CODES } from 'node:http';
import { PROBLEM_MEDIA_TYPE } from '../openapi/problem-responses.js';
import { problemBody } from './problem-body.js';
import { statusOfError } from './problem-status.js';

// Stand for what differs, and are as long as that.
const TRACE_ID = 'f'.repeat(32);
const AT = new Date(0);

/**
 * Makes the answers to what never became a request, as bytes on the wire.
 *
 * @remarks All but trace id and time is written once for each error: thousands of slow connections may end in the same moment, and other
 * clients wait meanwhile.
 * @param headers - what every answer carries
 */
export function rawAnswer(error: DomainError, headers: ReadonlyMap<string, string>): () => string {
  const status = statusOfError(error);
  const body = JSON.stringify(problemBody(error, { path: '/', traceId: TRACE_ID, at: AT }));
  const text = [
    `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${String(Buffer.byteLength(body))}`,
    `X-Trace-ID: ${TRACE_ID}`,
    ...[...headers].map(([name, value]) => `${name}: ${value}`),
    'Connection: close',
    '',
    body,
  ].join('\r\n');
  return () => text.replaceAll(TRACE_ID, newCall().trace.traceId).replace(AT.toISOString(), new Date().toISOString());
}
