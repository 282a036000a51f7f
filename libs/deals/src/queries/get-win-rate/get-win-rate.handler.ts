import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { WinRate } from '../../views/velocity.js';
import { VelocityReader } from '../../persistence/velocity.reader.js';
import { GetWinRate } from './get-win-rate.query.js';

@QueryHandler(GetWinRate)
export class GetWinRateHandler implements IQueryHandler<GetWinRate> {
  constructor(private readonly velocity: VelocityReader) {}

  async execute(query: GetWinRate): Promise<readonly WinRate[]> {
    return this.velocity.winRate(query.filter, query.unit);
  }
}
