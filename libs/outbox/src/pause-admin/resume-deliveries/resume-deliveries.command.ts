import { Command } from '@nestjs/cqrs';
import type { Pause, PauseTarget } from '../../pauses/pause.js';

/** Ends a pause before its end, named by its id or by its target. Fails with PauseNotFoundError or PauseOverError. */
export class ResumeDeliveries extends Command<Pause> {
  constructor(
    readonly which: { readonly id: string } | { readonly target: PauseTarget },
    readonly reason: string | undefined,
  ) {
    super();
  }
}
