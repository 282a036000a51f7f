import type { Pause } from '../pauses/pause.js';

/** So many pauses are listed; of the others only the number. */
const MOST_LISTED = 10;

// A structured field holds visible ASCII only.
const OUTSIDE_ASCII = /[^ -~]/g;
const TO_ESCAPE = /["\\]/g;

/**
 * The value of `X-Delivery-Paused`: a list of structured field items (RFC 9651), one for each pause; empty without a pause.
 *
 * @example `consumer;name="deal-activity";until="2026-11-28T11:00:00.000Z"`
 */
export function toPausedHeader(pauses: readonly Pause[]): string {
  const items = pauses.slice(0, MOST_LISTED).map(({ target, endsAt }) => {
    const name = nameOf(target);
    return `${target.scope}${name === undefined ? '' : `;name=${quoted(name)}`};until=${quoted(endsAt.toISOString())}`;
  });
  const left = pauses.length - items.length;
  return [...items, ...(left === 0 ? [] : [`others;count=${String(left)}`])].join(', ');
}

function nameOf(target: Pause['target']): string | undefined {
  switch (target.scope) {
    case 'all':
      return undefined;
    case 'consumer':
      return target.consumer;
    case 'event_type':
      return target.eventType;
    case 'aggregate':
      return `${target.aggregateType}/${target.aggregateId}`;
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll(OUTSIDE_ASCII, '?').replaceAll(TO_ESCAPE, '\\$&')}"`;
}
