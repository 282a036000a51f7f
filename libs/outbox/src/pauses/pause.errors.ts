import { DomainError } from '#zakops/kernel';
import { describeTarget, LONGEST_PAUSE_MINUTES, MOST_PAUSES } from './pause.js';
import type { Pause, PauseTarget } from './pause.js';

/** No pause has this id, or none in force has this target. 404. */
export class PauseNotFoundError extends DomainError {
  constructor(which: string) {
    super({ code: 'NOT_FOUND', category: 'not_found', detail: `There is no pause ${which}.`, context: { pause: which } });
  }
}

/** The same is paused already. 409. */
export class AlreadyPausedError extends DomainError {
  constructor({ id, target, endsAt }: Pause) {
    super({
      code: 'ALREADY_PAUSED',
      category: 'conflict',
      detail: `The ${describeTarget(target)} are paused until ${endsAt.toISOString()} by pause ${id}. Change its end instead.`,
      context: { pause_id: id, ends_at: endsAt.toISOString() },
    });
  }
}

/** The pause has come to its end, or was resumed. 409. */
export class PauseOverError extends DomainError {
  constructor({ id, resumedAt, endsAt }: Pause) {
    const when = (resumedAt ?? endsAt).toISOString();
    super({
      code: 'PAUSE_OVER',
      category: 'conflict',
      detail: `Pause ${id} ${resumedAt === null ? 'ended' : 'was resumed'} at ${when}.`,
      context: { pause_id: id, over_since: when },
    });
  }
}

/** So many pauses are in force that no further one begins. 409. */
export class TooManyPausesError extends DomainError {
  constructor() {
    super({
      code: 'CONFLICT',
      category: 'conflict',
      detail: `${String(MOST_PAUSES)} pauses are in force. Resume one, or pause a consumer or all deliveries instead.`,
    });
  }
}

/** A pause would end in the past, or later than a pause may. 400. */
export class PauseEndError extends DomainError {
  constructor() {
    const detail = `must lie ahead, by at most ${String(LONGEST_PAUSE_MINUTES)} minutes by the clock of the database`;
    super({
      code: 'VALIDATION_ERROR',
      category: 'invalid_input',
      detail: `until ${detail}.`,
      fields: [{ pointer: '/until', detail, code: 'OUT_OF_RANGE' }],
    });
  }
}

/** What is to be paused cannot be: nothing has this type. 400. */
export class UnknownPauseTargetError extends DomainError {
  constructor(target: Extract<PauseTarget, { scope: 'event_type' }>) {
    const detail = `is neither an event type nor a family of types (\`deal.*\`): ${target.eventType}`;
    super({
      code: 'VALIDATION_ERROR',
      category: 'invalid_input',
      detail: `event_type ${detail}.`,
      fields: [{ pointer: '/event_type', detail, code: 'UNKNOWN_VALUE' }],
    });
  }
}
