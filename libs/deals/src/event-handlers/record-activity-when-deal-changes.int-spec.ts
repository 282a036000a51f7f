import { READ_MAX_BYTES, UnitOfWork } from '#zakops/database';
import { EventLog } from '#zakops/outbox';
import type { Delivery } from '#zakops/outbox';
import { newCall, runInCall } from '#zakops/observability';
import { waitFor } from '#zakops/testing';
import { DealsTestbed } from '../../test/deals-testbed.js';
import { AddAlias } from '../commands/add-alias/add-alias.command.js';
import { UpdateDeal } from '../commands/update-deal/update-deal.command.js';
import { ListDealActivity } from '../queries/list-deal-activity/list-deal-activity.query.js';
import type { ActivityView } from '../views/activity.js';
import { RecordActivityWhenDealChanges } from './record-activity-when-deal-changes.handler.js';

describe(RecordActivityWhenDealChanges.name, () => {
  let bed: DealsTestbed;

  beforeAll(async () => {
    bed = await DealsTestbed.create({ relay: true });
  });

  afterAll(async () => {
    await bed.dispose();
  });

  async function activity(dealId: string): Promise<readonly ActivityView[]> {
    return (await bed.queries.execute(new ListDealActivity(dealId, 200, undefined))).items;
  }

  async function whenRecorded(dealId: string, entries: number): Promise<readonly ActivityView[]> {
    return waitFor(`${String(entries)} entries of ${dealId}`, async () => {
      const found = await activity(dealId);
      return found.length >= entries && found;
    });
  }

  async function deliver(deliveries: readonly Delivery[]): Promise<void> {
    await bed.get(UnitOfWork).run((tx) => bed.get(RecordActivityWhenDealChanges).handleBatch(deliveries, tx));
  }

  async function deliveries(dealId: string, gap: boolean): Promise<Delivery[]> {
    const events = await bed.get(EventLog).read(0, { maxEvents: 1_000, maxBytes: READ_MAX_BYTES });
    return events.filter((event) => event.aggregateId === dealId).map((event) => ({ event, attempt: 1, gap }));
  }

  it('tells what happened, newest first, in the words of the original', async () => {
    const dealId = await runInCall(newCall({ type: 'user', id: 'ann@example.com' }), async () => {
      const id = await bed.open({ displayName: null });
      await bed.commands.execute(new UpdateDeal(id, { displayName: 'Acme' }, false, undefined));
      await bed.commands.execute(DealsTestbed.move(id, 'initial_review'));
      return id;
    });

    const ann = { dealId, actor: 'ann@example.com', afterGap: false };
    expect(await whenRecorded(dealId, 3)).toMatchObject([
      {
        ...ann,
        eventType: 'deal.stage_changed',
        source: 'workflow',
        details: { from_stage: 'inbound', to_stage: 'initial_review', transitioned_by: 'ann@example.com', reason: null },
      },
      {
        ...ann,
        eventType: 'deal.updated',
        source: 'api',
        details: { changes: [{ field: 'display_name', old_value: null, new_value: 'Acme' }] },
      },
      {
        ...ann,
        eventType: 'deal.created',
        source: 'test',
        details: { canonical_name: 'acme-plumbing', stage: 'inbound', status: 'active' },
      },
    ]);
    const [newest] = await activity(dealId);
    expect(newest?.details).not.toHaveProperty('deal_id');
  });

  it('has its effect once when the cursor is put back and everything is delivered twice', async () => {
    const dealId = await bed.open();
    for (let n = 0; n < 5; n += 1) {
      await bed.commands.execute(
        new AddAlias(dealId, { alias: `alias ${String(n)}`, aliasType: 'dba_name', confidence: 0.5, source: 'test' }),
      );
    }
    const before = await whenRecorded(dealId, 6);
    await bed.database.query(
      `UPDATE zakops.consumer_progress SET position = 0, delivered = 0, changes = changes + 1 WHERE consumer = 'deal-activity'`,
    );
    await waitFor('everything to be delivered again', async () => {
      const [row] = await bed.database.query<{ delivered: number }>(
        `SELECT delivered::int FROM zakops.consumer_progress WHERE consumer = 'deal-activity'`,
      );
      return (row?.delivered ?? 0) >= 6;
    });

    expect(await activity(dealId)).toEqual(before);
    expect(before.map((entry) => entry.eventType)).toEqual([...Array<string>(5).fill('deal.alias_added'), 'deal.created']);
  });

  it('takes a batch with doubles inside, and the same batch again', async () => {
    const dealId = await bed.open();
    const before = await whenRecorded(dealId, 1);
    const given = await deliveries(dealId, false);

    await deliver([...given, ...given]);
    await deliver(given);

    expect(await activity(dealId)).toEqual(before);
  });

  it('marks the place where an event is missing, until it is delivered after all', async () => {
    const dealId = await bed.open();
    await bed.commands.execute(DealsTestbed.move(dealId, 'initial_review'));
    await bed.commands.execute(DealsTestbed.move(dealId, 'due_diligence'));
    await whenRecorded(dealId, 3);
    const [, second, third] = await deliveries(dealId, true);
    if (second === undefined || third === undefined) throw new Error('The log has not all three events.');
    await bed.database.query('DELETE FROM zakops.deal_activity WHERE deal_id = $1 AND seq > 1', [dealId]);

    await deliver([third]);
    expect((await activity(dealId)).map((entry) => entry.afterGap)).toEqual([true, false]);

    await deliver([{ ...second, gap: false }]);
    expect((await activity(dealId)).map((entry) => entry.afterGap)).toEqual([false, false, false]);
  });
});
