import { Query } from '@nestjs/cqrs';
import type { DeadLetterStats } from '../../dead-letter.view.js';

/** How many dead letters there are, of what kind, and how old. */
export class GetDeadLetterStats extends Query<DeadLetterStats> {}
