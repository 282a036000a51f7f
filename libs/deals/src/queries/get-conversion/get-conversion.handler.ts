import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { StageConversion } from '../../views/velocity.js';
import { VelocityReader } from '../../persistence/velocity.reader.js';
import { GetConversion } from './get-conversion.query.js';

@QueryHandler(GetConversion)
export class GetConversionHandler implements IQueryHandler<GetConversion> {
  constructor(private readonly velocity: VelocityReader) {}

  async execute(query: GetConversion): Promise<readonly StageConversion[]> {
    return this.velocity.conversion(query.filter);
  }
}
