import { Query } from '@nestjs/cqrs';
import type { StageConversion, VelocityFilter } from '../../views/velocity.js';

/** What became of the stays in each stage. */
export class GetConversion extends Query<readonly StageConversion[]> {
  constructor(readonly filter: VelocityFilter) {
    super();
  }
}
