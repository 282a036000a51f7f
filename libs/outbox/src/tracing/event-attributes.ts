import type { SpanAttributes } from '#zakops/tracing';

/** The part of an event that its spans tell. */
interface TracedEvent {
  readonly id: string;
  readonly type: string;
  readonly aggregateId: string;
}

/** `messaging.system` of every span of an event. */
export const MESSAGING_SYSTEM = 'zakops';

/** The one destination of all events: the log. */
export const DESTINATION = 'zakops.events';

/**
 * What the spans of an event have in common.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export function eventAttributes(operation: string, type: 'create' | 'send' | 'process', event: TracedEvent): SpanAttributes {
  return {
    'messaging.system': MESSAGING_SYSTEM,
    'messaging.destination.name': DESTINATION,
    'messaging.operation.name': operation,
    'messaging.operation.type': type,
    'messaging.message.id': event.id,
    'zakops.event.type': event.type,
    'zakops.aggregate.id': event.aggregateId,
  };
}
