import { Query } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** A deal as it is stored: a merged one too, which has no answer of its own any more. */
export class GetStoredDeal extends Query<DealSnapshot> {
  constructor(readonly dealId: string) {
    super();
  }
}
