import { Query } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** One deal; fails with DealNotFoundError. */
export class GetDeal extends Query<DealSnapshot> {
  constructor(readonly dealId: string) {
    super();
  }
}
