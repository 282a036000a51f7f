import type { DeadLetterFilter } from '#zakops/outbox';
import { Query } from '@nestjs/cqrs';
import type { DeadLetterStats } from '../../dead-letter.view.js';

/** How many dead letters fit a filter, of what kind, and how old. */
export class GetDeadLetterStats extends Query<DeadLetterStats> {
  constructor(readonly filter: DeadLetterFilter = {}) {
    super();
  }
}
