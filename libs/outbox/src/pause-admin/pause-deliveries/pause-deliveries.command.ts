import { Command } from '@nestjs/cqrs';
import type { PauseEnd } from '../../pauses/pause.store.js';
import type { Pause, PauseTarget } from '../../pauses/pause.js';

/**
 * Pauses deliveries until an end.
 *
 * @remarks In force within two seconds. What is in hand is finished; publishing and writes go on. Fails with AlreadyPausedError,
 * ConsumerNotFoundError, PauseEndError, TooManyPausesError or UnknownPauseTargetError.
 */
export class PauseDeliveries extends Command<Pause> {
  constructor(
    readonly target: PauseTarget,
    readonly end: PauseEnd,
    readonly reason: string,
  ) {
    super();
  }
}
