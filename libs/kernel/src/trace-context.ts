import { randomIdHex } from './random-id-hex.js';

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const CORRELATION_ID = /^[\w-]{1,100}$/;

/** A W3C trace context: 32 hex digits of trace, 16 of span, 2 of flags. */
export interface TraceContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: string;
}

/**
 * Reads a `traceparent` header.
 *
 * @returns undefined for anything that the specification calls invalid: wrong form, version ff, all-zero ids
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const match = header === undefined ? null : TRACEPARENT.exec(header.trim());
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, rest] = match;
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Version 00 has exactly four fields; later versions may add some.
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, flags };
}

/** Continues a trace with a new span, or begins one when there is none. */
export function nextSpan(parent: TraceContext | undefined): TraceContext {
  return {
    traceId: parent?.traceId ?? randomIdHex(16),
    spanId: randomIdHex(8),
    flags: parent?.flags ?? '00',
  };
}

/** Writes a `traceparent` header, version 00. */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.flags}`;
}

/** True for a text that may be a correlation id: 1 to 100 word characters and hyphens. */
export function isCorrelationId(text: string): boolean {
  return CORRELATION_ID.test(text);
}
