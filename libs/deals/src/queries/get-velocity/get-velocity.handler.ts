import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { StageVelocity } from '../../views/velocity.js';
import { VelocityReader } from '../../persistence/velocity.reader.js';
import { GetVelocity } from './get-velocity.query.js';

@QueryHandler(GetVelocity)
export class GetVelocityHandler implements IQueryHandler<GetVelocity> {
  constructor(private readonly velocity: VelocityReader) {}

  async execute(query: GetVelocity): Promise<readonly StageVelocity[]> {
    return this.velocity.velocity(query.filter);
  }
}
