import type { LookupQuestion } from './lookup-source.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const POSITION = /^[1-9]\d{0,14}$/;
const TRACE_ID = /^[0-9a-f]{32}$/i;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/i;

/** Reads a text in each form that it fits: an id, a position, a trace id, or a whole `traceparent`. */
export function readQuestion(given: string): LookupQuestion {
  const text = given.trim();
  const traceId = TRACE_ID.test(text) ? text : TRACEPARENT.exec(text)?.[1];
  return {
    text,
    uuid: UUID.test(text) ? text.toLowerCase() : undefined,
    position: POSITION.test(text) ? Number(text) : undefined,
    traceId: traceId?.toLowerCase(),
  };
}
