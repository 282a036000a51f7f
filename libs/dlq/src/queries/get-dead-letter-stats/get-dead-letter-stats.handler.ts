import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { DeadLetterStats } from '../../dead-letter.view.js';
import { DeadLetterStatsReader } from '../../persistence/dead-letter-stats.reader.js';
import { GetDeadLetterStats } from './get-dead-letter-stats.query.js';

@QueryHandler(GetDeadLetterStats)
export class GetDeadLetterStatsHandler implements IQueryHandler<GetDeadLetterStats> {
  constructor(private readonly stats: DeadLetterStatsReader) {}

  async execute({ filter }: GetDeadLetterStats): Promise<DeadLetterStats> {
    return this.stats.read(filter);
  }
}
