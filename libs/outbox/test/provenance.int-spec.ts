import type { Transaction } from '#zakops/database';
import { makeEvent } from '#zakops/contracts';
import { uuidV7 } from '#zakops/kernel';
import { newCall, runInCall } from '#zakops/observability';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer, Outbox } from '../src/index.js';
import type { Delivery, SingleEventConsumer } from '../src/index.js';
import { OutboxTestbed } from './outbox-testbed.js';

const CHANGE = { field: 'display_name', old_value: null, new_value: 'Echo' };

/** Answers each event of one deal with an event of another. */
@EventConsumer({ name: 'echo', events: ['deal.updated'] })
@Injectable()
class Echo implements SingleEventConsumer {
  constructor(private readonly outbox: Outbox) {}

  handle({ event }: Delivery, tx: Transaction): Promise<void> {
    const dealId = `DEAL-9${event.aggregateId.slice(-5)}`;
    if (!event.aggregateId.startsWith('DEAL-9'))
      this.outbox.append(tx, [makeEvent('deal.updated', uuidV7(), dealId, 1, { deal_id: dealId, changes: [CHANGE] })]);
    return Promise.resolve();
  }
}

describe('events that a consumer appends', () => {
  let bed: OutboxTestbed;
  beforeAll(async () => {
    bed = await OutboxTestbed.create();
  });
  afterAll(() => bed.dispose());

  it('say which event caused each of them, and continue its trace, although a batch is committed at once', async () => {
    const writer = await bed.start({ relay: false });
    const causes = [bed.event(1), bed.event(2), bed.event(3)];
    for (const event of causes) await runInCall(newCall({ type: 'user', id: 'ann@example.com' }), () => writer.append(event));
    await bed.start({ relay: true, providers: [Echo] });
    const rows = await waitFor('the answers', async () => {
      const found = await bed.database.query(
        `SELECT a.causation_id, c.id::text AS cause_id, a.actor, a.correlation_id = c.correlation_id AS correlated,
                substr(a.traceparent, 1, 35) = substr(c.traceparent, 1, 35) AS traced
           FROM zakops.events a JOIN zakops.events c ON c.aggregate_id = replace(a.aggregate_id, 'DEAL-9', 'DEAL-0')
          WHERE a.aggregate_id LIKE 'DEAL-9%' ORDER BY a.aggregate_id`,
      );
      return found.length === causes.length && found;
    });
    expect(rows).toEqual(
      causes.map(({ id }) => ({ causation_id: id, cause_id: id, actor: 'system:echo', correlated: true, traced: true })),
    );
  });
});
