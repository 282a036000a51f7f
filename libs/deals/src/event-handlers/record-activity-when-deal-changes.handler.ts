import type { Transaction } from '#zakops/database';
import { EventConsumer } from '#zakops/outbox';
import type { BatchEventConsumer, Delivery } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { DealActivityStore } from '../persistence/deal-activity.store.js';

/** Keeps `zakops.deal_activity`, which `/api/deals/{id}/events` and the pipeline stats read. */
@Injectable()
@EventConsumer({ name: 'deal-activity', events: ['deal.*'] })
export class RecordActivityWhenDealChanges implements BatchEventConsumer {
  constructor(private readonly activity: DealActivityStore) {}

  async handleBatch(deliveries: readonly Delivery[], tx: Transaction): Promise<void> {
    await this.activity.append(tx, deliveries);
  }
}
