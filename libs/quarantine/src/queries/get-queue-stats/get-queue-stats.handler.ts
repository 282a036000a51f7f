import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { QueueStats } from '../../views/item.js';
import { ItemReader } from '../../persistence/item.reader.js';
import { GetQueueStats } from './get-queue-stats.query.js';

@QueryHandler(GetQueueStats)
export class GetQueueStatsHandler implements IQueryHandler<GetQueueStats> {
  constructor(private readonly items: ItemReader) {}

  async execute(): Promise<QueueStats> {
    return this.items.stats();
  }
}
