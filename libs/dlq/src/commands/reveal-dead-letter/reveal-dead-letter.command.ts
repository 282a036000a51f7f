import { Command } from '@nestjs/cqrs';
import type { DeadLetterDetails } from '../../dead-letter.view.js';

/** Reads one dead letter to show its payload unmasked, and notes that in the audit log. Fails with DeadLetterNotFoundError. */
export class RevealDeadLetter extends Command<DeadLetterDetails> {
  constructor(
    readonly id: string,
    readonly reason: string,
  ) {
    super();
  }
}
