import * as fc from 'fast-check';
import type { Client } from 'pg';
import { rowsRead } from '../../outbox/test/rows-read.js';
import { listDealsStatement } from '../src/persistence/list-deals-statement.js';
import { ListDeals } from '../src/queries/list-deals/list-deals.query.js';
import type { DealFilter, DealPlace } from '../src/views/deal-list.js';
import { DealsTestbed } from './deals-testbed.js';

const ACTIVE: DealFilter = { stage: undefined, status: 'active', search: undefined };
const DEALS = 12;

interface StepOfDeal {
  readonly do: 'change' | 'hold' | 'delete';
  readonly deal: number;
}

type Step = StepOfDeal | { readonly do: 'open' | 'release' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom('change' as const, 'hold' as const, 'delete' as const), deal: fc.nat(DEALS - 1) }),
  fc.record({ do: fc.constantFrom('open' as const, 'release' as const) }),
);

const CHANGE = 'UPDATE zakops.deals SET version = version + 1, updated_at = statement_timestamp() WHERE deal_id = $1 AND NOT deleted';

describe('a walk through the list of deals', () => {
  let bed: DealsTestbed;
  let ids: readonly string[];
  /** Transactions that changed a deal and are not committed, by deal. */
  const held = new Map<string, Client>();

  beforeAll(async () => {
    bed = await DealsTestbed.create();
  });

  afterAll(async () => {
    await bed.dispose();
  });

  async function begin(): Promise<void> {
    await bed.database.query('TRUNCATE zakops.deals CASCADE');
    const rows = await bed.database.query<{ deal_id: string }>(
      `INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version, updated_at)
       SELECT zakops.next_deal_id(), 'deal', 'inbound', 'active', 1, now() - n * interval '1 second' FROM generate_series(1, $1::int) n
       RETURNING deal_id`,
      [DEALS],
    );
    ids = rows.map(({ deal_id: id }) => id);
  }

  async function hold(id: string): Promise<void> {
    if (held.has(id)) return;
    const client = await bed.database.connect();
    await client.query('BEGIN');
    await client.query(CHANGE, [id]);
    held.set(id, client);
  }

  async function release(id: string): Promise<void> {
    const client = held.get(id);
    held.delete(id);
    await client?.query('COMMIT');
    await client?.end();
  }

  async function take(given: Step, changed: Set<string>, deleted: Set<string>): Promise<void> {
    if (!('deal' in given)) {
      if (given.do === 'open') await bed.open();
      else for (const id of held.keys()) await release(id);
      return;
    }
    const id = ids[given.deal] ?? '';
    changed.add(id);
    if (given.do === 'hold') {
      await hold(id);
      return;
    }
    // Who changes it next waits for the lock.
    await release(id);
    await bed.database.query(CHANGE, [id]);
    if (given.do === 'change') return;
    deleted.add(id);
    await bed.database.query('UPDATE zakops.deals SET deleted = true WHERE deal_id = $1', [id]);
  }

  async function walk(limit: number, betweenPages: (page: number) => Promise<void>): Promise<string[]> {
    const seen: string[] = [];
    let after: DealPlace | null | undefined;
    for (let page = 0; after !== null; page += 1) {
      const read = await bed.queries.execute(new ListDeals(ACTIVE, limit, after === undefined ? { offset: 0 } : { after }));
      seen.push(...read.items.map((deal) => deal.dealId));
      after = read.next;
      if (after !== null) await betweenPages(page);
    }
    return seen;
  }

  it('misses no deal that is there throughout, and repeats only what was changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 3 }),
        fc.array(step, { maxLength: 12 }),
        async (limit, before, between) => {
          await begin();
          const [changed, deleted] = [new Set<string>(), new Set<string>()];
          for (const given of before) await take(given, changed, deleted);
          const seen = await walk(limit, async (page) => {
            const given = between[page];
            if (given !== undefined) await take(given, changed, deleted);
          });
          for (const id of held.keys()) await release(id);

          expect(ids.filter((id) => !deleted.has(id) && !seen.includes(id))).toEqual([]);
          const times = (id: string): number => seen.filter((other) => other === id).length;
          expect(seen.filter((id) => times(id) > (changed.has(id) ? 2 : 1))).toEqual([]);
        },
      ),
      { numRuns: 25 },
    );
  }, 60_000);

  it('shows a change that was made before it and committed meanwhile', async () => {
    await begin();
    const last = ids.at(-1) ?? '';
    await hold(last);
    const seen = await walk(5, async () => release(last));
    expect(seen.filter((id) => id === last)).toEqual([last]);
  });

  it('ends although a deal changes at every page', async () => {
    await begin();
    const seen = await walk(2, async () => {
      await bed.database.query(CHANGE, [ids[0]]);
    });
    expect(new Set(seen).size).toBe(DEALS);
    expect(seen).toHaveLength(DEALS + 1);
  });

  it('reads what changed lately, and no other deal, where 20,000 are old', async () => {
    await begin();
    await bed.database.query(
      `INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version, updated_at)
       SELECT zakops.next_deal_id(), 'old', 'inbound', 'active', 1, now() - interval '1 day' - n * interval '1 second' FROM generate_series(1, 20000) n`,
    );
    await bed.database.query('ANALYZE zakops.deals');
    const { next } = await bed.queries.execute(new ListDeals(ACTIVE, 5, { offset: 0 }));
    if (next === null) throw new Error('There is no second page.');
    const client = await bed.database.connect();
    try {
      for (const [part, most] of [
        ['listed', 10],
        ['ended', DEALS],
        ['changed', DEALS],
      ] as const) {
        const { text, parameters } = listDealsStatement(ACTIVE, 5, { after: { ...next, part } });
        const read = await rowsRead(client, text, parameters);
        expect([part, read('deals')]).toEqual([part, Math.min(read('deals'), most)]);
      }
    } finally {
      await client.end();
    }
  });
});
