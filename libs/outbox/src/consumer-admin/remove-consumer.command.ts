import { Command } from '@nestjs/cqrs';

/**
 * Removes a consumer that no worker runs any more: it counts nowhere, and retention removes its tickets.
 *
 * @remarks Removing it again changes nothing. Declared again later, it begins like a new one. Fails with ConsumerNotFoundError or
 * ConsumerRunsError.
 */
export class RemoveConsumer extends Command<void> {
  constructor(
    readonly name: string,
    readonly reason: string | undefined,
  ) {
    super();
  }
}
