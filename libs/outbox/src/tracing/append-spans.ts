import type { DomainEvent } from '#zakops/kernel';
import { tracing } from '#zakops/tracing';
import type { Span } from '#zakops/tracing';
import { eventAttributes } from './event-attributes.js';

/**
 * Starts the span from which an event goes on: what publishes and delivers it is caused by it. Only while tracing is on; undefined when
 * nothing is recorded.
 *
 * @param cause - the span that was at work when the event was appended
 */
export function startAppendSpan(event: DomainEvent, cause: Span | undefined): Span | undefined {
  if (cause?.isRecording !== true) return undefined;
  return tracing.start(`append ${event.type}`, {
    kind: 'producer',
    parent: cause.context,
    attributes: eventAttributes('append', 'create', event),
  });
}
