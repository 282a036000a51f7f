import { Command } from '@nestjs/cqrs';
import type { PauseEnd } from '../../pauses/pause.store.js';
import type { Pause } from '../../pauses/pause.js';

/** Gives a pause in force another end, earlier or later. Fails with PauseNotFoundError, PauseOverError or PauseEndError. */
export class ChangePauseEnd extends Command<Pause> {
  constructor(
    readonly id: string,
    readonly end: PauseEnd,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
