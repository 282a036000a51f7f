import * as fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { DealsTestbed } from '../../test/deals-testbed.js';
import type { DealSnapshot } from '../domain/deal-snapshot.js';
import { GetDeal } from '../queries/get-deal/get-deal.query.js';
import { ListDeals } from '../queries/list-deals/list-deals.query.js';
import type { DealFilter, DealPlace } from '../views/deal-list.js';
import { DealReader } from './deal.reader.js';

const ACTIVE: DealFilter = { stage: undefined, status: 'active', search: undefined };

describe(DealReader.name, () => {
  let bed: DealsTestbed;

  beforeAll(async () => {
    bed = await DealsTestbed.create();
  });

  afterAll(async () => {
    await bed.dispose();
  });

  beforeEach(async () => {
    await bed.database.query('TRUNCATE zakops.deals CASCADE');
  });

  /** Deals without events, each last changed so many microseconds after a fixed instant: several to the millisecond, some alike. */
  async function insertDeals(offsets: readonly number[]): Promise<string[]> {
    const rows = await bed.database.query<{ deal_id: string }>(
      `INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version, updated_at)
       SELECT zakops.next_deal_id(), 'deal', 'inbound', 'active', 1, timestamptz '2026-01-01 00:00:00.000001Z' + us * interval '1 microsecond'
         FROM unnest($1::int[]) AS us
       RETURNING deal_id`,
      [offsets],
    );
    return rows.map((row) => row.deal_id);
  }

  async function walk(limit: number, betweenPages: (page: number) => Promise<void> = () => Promise.resolve()): Promise<DealSnapshot[]> {
    const seen: DealSnapshot[] = [];
    let after: DealPlace | null | undefined;
    for (let page = 0; after !== null; page += 1) {
      const start = after === undefined ? { offset: 0 } : { after };
      const [read] = await Promise.all([bed.queries.execute(new ListDeals(ACTIVE, limit, start)), betweenPages(page)] as const);
      seen.push(...read.items);
      after = read.next;
    }
    return seen;
  }

  it('neither repeats nor skips a deal while others are inserted, by however slow transactions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2_500 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.array(fc.constantFrom('open', 'hold', 'release', 'wait'), { maxLength: 20 }),
        async (offsets, limit, schedule) => {
          await bed.database.query('TRUNCATE zakops.deals CASCADE');
          const held: (() => Promise<unknown>)[] = [];
          const hold = async (): Promise<void> => {
            const client = await bed.database.connect();
            await client.query('BEGIN');
            await client.query(
              `INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version) VALUES (zakops.next_deal_id(), 'late', 'inbound', 'active', 1)`,
            );
            held.push(async () => {
              await client.query('COMMIT');
              await client.end();
            });
          };
          // One that began before everything and commits in the middle: its time lies in the past of the walk.
          await hold();
          const existing = await insertDeals(offsets);

          const seen = await walk(limit, async (page) => {
            const step = schedule[page];
            if (step === 'open') await bed.open();
            if (step === 'hold') await hold();
            if (step === 'release') await held.shift()?.();
            if (step === 'wait') await sleep(1);
          });

          await Promise.all(held.map((release) => release()));
          const ids = seen.map((deal) => deal.dealId);
          expect(new Set(ids).size).toBe(ids.length);
          expect(existing.filter((id) => !ids.includes(id))).toEqual([]);
          // What was opened meanwhile follows at the end.
          const exact = await bed.database.query<{ deal_id: string }>(
            'SELECT deal_id FROM zakops.deals WHERE deal_id = ANY($1) ORDER BY updated_at DESC, deal_id DESC',
            [existing],
          );
          expect(ids.filter((id) => existing.includes(id))).toEqual(exact.map((row) => row.deal_id));
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);

  it('shows the deals that changed within one microsecond of each other all once', async () => {
    await insertDeals([0, 0, 0, 1, 1, 2, 999, 1_000]);

    expect((await walk(1)).map((deal) => deal.dealId)).toHaveLength(8);
  });

  it('puts a changed deal in front', async () => {
    const first = await bed.open();
    const second = await bed.open();
    await bed.commands.execute(DealsTestbed.move(first, 'initial_review'));

    expect((await walk(10)).map((deal) => deal.dealId)).toEqual([first, second]);
  });

  it('finds by part of either name, whatever the case, and takes % _ and \\ literally', async () => {
    const percent = await bed.open({ canonicalName: '100%_club\\x', displayName: null });
    const acme = await bed.open({ canonicalName: 'plumbing', displayName: 'ACME' });
    const search = async (text: string): Promise<string[]> =>
      (await bed.queries.execute(new ListDeals({ ...ACTIVE, search: text }, 50, { offset: 0 }))).items.map((deal) => deal.dealId);

    expect(await search('acm')).toEqual([acme]);
    expect(await search('PLUMB')).toEqual([acme]);
    expect(await search('%')).toEqual([percent]);
    expect(await search('_c')).toEqual([percent]);
    expect(await search('b\\x')).toEqual([percent]);
    expect(await search("' OR 1=1 --")).toEqual([]);
  });

  it('narrows by stage and status, and skips by offset', async () => {
    const inactive = await bed.open({ status: 'inactive' });
    const review = await bed.open({}, 'initial_review');
    const inbound = await bed.open();
    const list = async (filter: Partial<DealFilter>, offset = 0): Promise<string[]> =>
      (await bed.queries.execute(new ListDeals({ ...ACTIVE, ...filter }, 50, { offset }))).items.map((deal) => deal.dealId);

    expect(await list({})).toEqual([inbound, review]);
    expect(await list({}, 1)).toEqual([review]);
    expect(await list({ stage: 'initial_review' })).toEqual([review]);
    expect(await list({ status: 'inactive' })).toEqual([inactive]);
    expect(await list({ stage: 'screening' })).toEqual([]);
  });

  it('keeps money as it was given, to the last digit', async () => {
    const metadata = { priority: 'HIGH', asking_price: { amount: '123456789012345678.1000', currency: 'EUR' } };

    const deal = await bed.queries.execute(new GetDeal(await bed.open({ metadata })));

    expect(deal.metadata).toEqual(metadata);
  });

  it('counts days, actions and aliases', async () => {
    const dealId = await bed.open();
    await bed.database.query(`UPDATE zakops.deals SET updated_at = now() - interval '2 days 23 hours' WHERE deal_id = $1`, [dealId]);
    await bed.database.query(
      `INSERT INTO zakops.actions (action_id, deal_id, action_type, title, status) VALUES ('A-1', $1, 'x', 'x', 'QUEUED')`,
      [dealId],
    );

    expect(await bed.queries.execute(new GetDeal(dealId))).toMatchObject({ daysSinceUpdate: 2, actionCount: 1, aliasCount: 0, version: 1 });
  });
});
