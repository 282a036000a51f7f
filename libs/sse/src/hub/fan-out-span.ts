import { parseTraceparent } from '#zakops/kernel';
import type { PublishedEvent } from '#zakops/outbox';
import { tracing } from '#zakops/tracing';

/**
 * Records that a batch of events was written to streams: one span, linked with the events whose traces are recorded. Only while tracing is
 * on.
 *
 * @remarks Links, because a batch belongs to many traces, and one for each stream would outnumber everything else.
 */
export function traceFanOut(events: readonly PublishedEvent[], startedAt: Date, frames: number): void {
  if (frames === 0) return;
  const links = events.flatMap(({ traceparent }) => {
    const cause = parseTraceparent(traceparent ?? undefined);
    return cause !== undefined && /[13579bdf]$/.test(cause.flags) ? [cause] : [];
  });
  if (links.length === 0) return;
  const span = tracing.start('fan out', {
    kind: 'producer',
    root: true,
    links,
    attributes: {
      'messaging.system': 'zakops',
      'messaging.destination.name': 'zakops.streams',
      'messaging.operation.name': 'fan_out',
      'messaging.operation.type': 'send',
      'messaging.batch.message_count': events.length,
      'zakops.sse.frames': frames,
    },
    startedAt,
  });
  span.end();
}
