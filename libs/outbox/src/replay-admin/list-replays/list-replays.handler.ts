import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ReplayReader } from '../replay.reader.js';
import type { ReplayPage } from '../replay.reader.js';
import { ListReplays } from './list-replays.query.js';

@QueryHandler(ListReplays)
export class ListReplaysHandler implements IQueryHandler<ListReplays> {
  constructor(private readonly reader: ReplayReader) {}

  async execute({ limit, after }: ListReplays): Promise<ReplayPage> {
    return this.reader.list(limit, after);
  }
}
