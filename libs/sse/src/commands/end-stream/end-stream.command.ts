import { Command } from '@nestjs/cqrs';

/** Ends one event stream of any API process, within about a second. Fails with StreamNotFoundError. */
export class EndStream extends Command<void> {
  constructor(
    readonly id: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
