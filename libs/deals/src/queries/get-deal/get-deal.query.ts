import { Query } from '@nestjs/cqrs';
import type { DealView } from './deal.view.js';

/** One deal; fails with DealNotFoundError. */
export class GetDeal extends Query<DealView> {
  constructor(readonly dealId: string) {
    super();
  }
}
