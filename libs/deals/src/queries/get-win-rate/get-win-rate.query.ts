import { Query } from '@nestjs/cqrs';
import type { VelocityFilter, WinRate } from '../../views/velocity.js';

/** How deals ended, by period and source. */
export class GetWinRate extends Query<readonly WinRate[]> {
  constructor(
    readonly filter: VelocityFilter,
    readonly unit: 'month' | 'quarter',
  ) {
    super();
  }
}
