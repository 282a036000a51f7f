import { Query } from '@nestjs/cqrs';
import type { StageVelocity, VelocityFilter } from '../../views/velocity.js';

/** How long deals stay in each stage. */
export class GetVelocity extends Query<readonly StageVelocity[]> {
  constructor(readonly filter: VelocityFilter) {
    super();
  }
}
