import { Query } from '@nestjs/cqrs';
import type { OutboxStats } from '../stats/outbox-stats.js';

/** The stats of the event layer now. */
export class GetOutboxStats extends Query<OutboxStats> {}
