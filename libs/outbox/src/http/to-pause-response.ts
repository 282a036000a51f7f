import type { Pause } from '../pauses/pause.js';
import type { ListedPause } from '../pauses/pause.reader.js';
import type { ListedPauseResponse, PauseResponse } from './dto/pauses.responses.js';

/** A plain object, because component health takes records of values. */
type PauseMembers = Pick<PauseResponse, keyof PauseResponse>;

/** From a pause to its form on the wire. */
export function toPauseResponse({ id, target, reason, pausedBy, startedAt, endsAt, resumedAt, resumedBy, isInForce }: Pause): PauseMembers {
  return {
    id,
    scope: target.scope,
    consumer: target.scope === 'consumer' ? target.consumer : null,
    event_type: target.scope === 'event_type' ? target.eventType : null,
    aggregate_type: target.scope === 'aggregate' ? target.aggregateType : null,
    aggregate_id: target.scope === 'aggregate' ? target.aggregateId : null,
    reason,
    paused_by: pausedBy,
    started_at: startedAt.toISOString(),
    ends_at: endsAt.toISOString(),
    resumed_at: resumedAt?.toISOString() ?? null,
    resumed_by: resumedBy,
    in_force: isInForce,
  };
}

/** The same, with the tickets that wait for its end. */
export function toListedPauseResponse(pause: ListedPause): ListedPauseResponse {
  return { ...toPauseResponse(pause), held_tickets: pause.heldTickets };
}
