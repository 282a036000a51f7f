import { Query } from '@nestjs/cqrs';
import type { QueueStats } from '../../views/item.js';

/** How much mail waits. */
export class GetQueueStats extends Query<QueueStats> {}
