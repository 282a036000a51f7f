import { parseTraceparent } from '#zakops/kernel';
import type { TraceContext } from '#zakops/kernel';
import { tracing } from '#zakops/tracing';
import { DESTINATION, eventAttributes, MESSAGING_SYSTEM } from './event-attributes.js';

/** An event of a recorded trace that was published. */
export interface TracedPublication {
  readonly id: string;
  readonly type: string;
  readonly aggregate_id: string;
  readonly traceparent: string;
  readonly position: number;
}

/**
 * Records one publishing step: a span for the step, linked with the events, and one for each event in its own trace. Only while tracing
 * is on, and only events whose traces are recorded.
 *
 * @param startedAt - when the step began
 * @param published - all events of the step, also unrecorded ones
 */
export function tracePublished(events: readonly TracedPublication[], startedAt: Date, published: number): void {
  const causes = events.flatMap((event) => {
    const cause = parseTraceparent(event.traceparent);
    return cause === undefined ? [] : [{ event, cause }];
  });
  if (causes.length === 0) return;
  const step = tracing.start('publish', {
    kind: 'producer',
    root: true,
    links: causes.map(({ cause }) => cause),
    attributes: {
      'messaging.system': MESSAGING_SYSTEM,
      'messaging.destination.name': DESTINATION,
      'messaging.operation.name': 'publish',
      'messaging.operation.type': 'send',
      'messaging.batch.message_count': published,
    },
    startedAt,
  });
  for (const { event, cause } of causes) traceOne(event, cause, step.isRecording ? [step.context] : [], startedAt);
  step.end();
}

function traceOne(event: TracedPublication, cause: TraceContext, links: readonly TraceContext[], startedAt: Date): void {
  const { id, type, aggregate_id: aggregateId, position } = event;
  const span = tracing.start(`publish ${type}`, {
    kind: 'producer',
    parent: cause,
    links,
    attributes: { ...eventAttributes('publish', 'send', { id, type, aggregateId }), 'zakops.event.position': position },
    startedAt,
  });
  span.end();
}
