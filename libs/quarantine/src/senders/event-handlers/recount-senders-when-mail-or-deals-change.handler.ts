import type { Transaction } from '#zakops/database';
import { EventConsumer } from '#zakops/outbox';
import type { BatchEventConsumer, Delivery } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { SenderStore } from '../persistence/sender.store.js';

/** Keeps the counters and deals of senders. */
@Injectable()
@EventConsumer({
  name: 'sender-stats',
  events: ['quarantine.created', 'quarantine.approved', 'quarantine.undone', 'deal.deleted', 'deal.undeleted', 'deal.merged'],
})
export class RecountSendersWhenMailOrDealsChange implements BatchEventConsumer {
  constructor(private readonly senders: SenderStore) {}

  async handleBatch(deliveries: readonly Delivery[], tx: Transaction): Promise<void> {
    const ids = (prefix: string): string[] => [
      ...new Set(deliveries.filter(({ event }) => event.type.startsWith(prefix)).map(({ event }) => event.aggregateId)),
    ];
    await this.senders.recount(tx, ids('quarantine.'), ids('deal.'));
  }
}
