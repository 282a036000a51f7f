import { Query } from '@nestjs/cqrs';
import type { DealPace } from '../../views/velocity.js';

/** How long a deal is in its stage beside others; fails with DealNotFoundError. */
export class GetDealPace extends Query<DealPace> {
  constructor(readonly dealId: string) {
    super();
  }
}
