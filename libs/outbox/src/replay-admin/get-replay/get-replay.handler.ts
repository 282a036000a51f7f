import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ReplayNotFoundError } from '../../replay/replay.errors.js';
import type { ReplayView } from '../../replay/replay.js';
import { ReplayReader } from '../replay.reader.js';
import { GetReplay } from './get-replay.query.js';

@QueryHandler(GetReplay)
export class GetReplayHandler implements IQueryHandler<GetReplay> {
  constructor(private readonly reader: ReplayReader) {}

  async execute({ id }: GetReplay): Promise<ReplayView> {
    const replay = await this.reader.find(id);
    if (replay === undefined) throw new ReplayNotFoundError(id);
    return replay;
  }
}
