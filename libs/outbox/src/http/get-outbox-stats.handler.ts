import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { OutboxStats } from '../stats/outbox-stats.js';
import { OutboxStatsReader } from '../stats/outbox-stats.reader.js';
import { GetOutboxStats } from './get-outbox-stats.query.js';

@QueryHandler(GetOutboxStats)
export class GetOutboxStatsHandler implements IQueryHandler<GetOutboxStats> {
  constructor(private readonly reader: OutboxStatsReader) {}

  async execute(): Promise<OutboxStats> {
    return this.reader.read();
  }
}
