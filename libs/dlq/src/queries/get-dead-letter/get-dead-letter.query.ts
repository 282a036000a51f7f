import { Query } from '@nestjs/cqrs';
import type { DeadLetterDetails } from '../../dead-letter.view.js';

/** One dead letter with its history. Fails with DeadLetterNotFoundError. */
export class GetDeadLetter extends Query<DeadLetterDetails> {
  constructor(readonly id: string) {
    super();
  }
}
