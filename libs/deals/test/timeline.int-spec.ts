import { Database } from '#zakops/database';
import type { PreparedStatement } from '#zakops/database';
import { Timeline, TIMELINE_TYPES } from '#zakops/timeline';
import type { TimelineEntry, TimelinePlace, TimelineType } from '#zakops/timeline';
import { waitFor } from '#zakops/testing';
import { plansOf, rowsOf } from '../../outbox/test/rows-read.js';
import { AddNote } from '../src/commands/add-note/add-note.command.js';
import { UpdateDeal } from '../src/commands/update-deal/update-deal.command.js';
import { GetActivitySummary } from '../src/queries/get-activity-summary/get-activity-summary.query.js';
import { GetTimeline } from '../src/queries/get-timeline/get-timeline.query.js';
import { DealsTestbed } from './deals-testbed.js';

const ANN = { id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', email: 'ann@example.com' };
const PER_SOURCE = 2_500;

describe(Timeline.name, () => {
  let bed: DealsTestbed;

  beforeAll(async () => {
    bed = await DealsTestbed.create({ relay: true });
  });

  afterAll(async () => {
    await bed.dispose();
  });

  /** Opens a deal whose first event is in its activity. */
  async function openSettled(): Promise<string> {
    const dealId = await bed.open();
    await waitFor('the activity', async () => {
      const rows = await bed.database.query('SELECT FROM zakops.deal_activity WHERE deal_id = $1', [dealId]);
      return rows.length === 1;
    });
    return dealId;
  }

  /** Entries of all sources, three at each instant of each source. */
  async function fill(dealId: string, perSource: number): Promise<void> {
    const instant = `timestamptz '2026-01-31T12:00:00.000001Z' + (n / 3) * interval '1 microsecond'`;
    const numbers = 'FROM generate_series(1, $2) AS n';
    await bed.database.query(
      `INSERT INTO zakops.deal_stage_history (deal_id, from_stage, to_stage, transitioned_by, created_at)
       SELECT $1, 'inbound', 'initial_review', 'ann', ${instant} ${numbers}`,
      [dealId, perSource],
    );
    await bed.database.query(
      `INSERT INTO zakops.deal_activity (id, deal_id, seq, event_type, source, actor, actor_type, details, created_at)
       SELECT gen_random_uuid(), $1, -n, CASE WHEN n % 5 = 0 THEN 'deal.stage_changed' ELSE 'deal.updated' END, 'api', 'ann', 'user', '{}',
              ${instant} ${numbers}`,
      [dealId, perSource],
    );
    await bed.database.query(
      `INSERT INTO zakops.deal_notes (id, deal_id, content, category, author, created_at)
       SELECT gen_random_uuid(), $1, 'note ' || n, 'general', 'ann', ${instant} ${numbers}`,
      [dealId, perSource],
    );
    await bed.database.query(
      `INSERT INTO zakops.actions (action_id, deal_id, action_type, title, status, created_at)
       SELECT $1 || '-' || n, $1, 'create_task', 'Task ' || n, 'QUEUED', ${instant} ${numbers}`,
      [dealId, perSource],
    );
  }

  async function walk(dealId: string, type: TimelineType | undefined, limit: number): Promise<readonly TimelineEntry[]> {
    const seen: TimelineEntry[] = [];
    let next: TimelinePlace | null | undefined;
    do {
      const start = next === undefined || next === null ? undefined : { after: next };
      const page = await bed.queries.execute(new GetTimeline(dealId, type, start, limit));
      seen.push(...page.entries);
      next = page.next;
    } while (next !== null);
    return seen;
  }

  const keysOf = (entries: readonly TimelineEntry[]): string[] => entries.map(({ type, id }) => `${type} ${id}`);

  it('shows each move and each note once, though both are events as well', async () => {
    const dealId = await bed.open();
    await bed.commands.execute(DealsTestbed.move(dealId, 'initial_review'));
    await bed.commands.execute(new AddNote(dealId, { content: 'x'.repeat(1_000), category: 'call' }, ANN));
    await bed.commands.execute(new UpdateDeal(dealId, { displayName: 'Other' }, false, undefined));
    await waitFor('the activity', async () => {
      const rows = await bed.database.query('SELECT FROM zakops.deal_activity WHERE deal_id = $1', [dealId]);
      return rows.length === 4;
    });

    const { entries, next, totalAvailable } = await bed.queries.execute(new GetTimeline(dealId, undefined, undefined, 50));

    expect(entries.map(({ type, data }) => [type, data['event_type'] ?? data['to_stage'] ?? data['category']])).toEqual([
      ['event', 'deal.updated'],
      ['note', 'call'],
      ['stage_change', 'initial_review'],
      ['event', 'deal.created'],
    ]);
    expect([entries.length, next, totalAvailable]).toEqual([4, null, 4]);
    expect(entries[1]?.data).toMatchObject({ author: ANN.email, excerpt: `${'x'.repeat(279)}…`, size_bytes: 1_000 });
    expect(entries[2]?.data).toEqual({ from_stage: 'inbound', to_stage: 'initial_review', by: 'ann@example.com', reason: null });
    expect(await bed.queries.execute(new GetActivitySummary(dealId))).toMatchObject({
      dealName: 'Other',
      stage: 'initial_review',
      status: 'active',
      actions: {},
      eventsCount: 4,
      agentRunsCount: 0,
      lastActivityAt: new Date(entries[0]?.timestamp ?? ''),
    });
  });

  it('walks through entries of the same instant without losing or repeating one, whatever the size of a page', async () => {
    const dealId = await openSettled();
    await fill(dealId, 20);
    const whole = await walk(dealId, undefined, 200);
    const times = whole.map(({ timestamp }) => timestamp);

    expect([whole.length, new Set(keysOf(whole)).size]).toEqual([77, 77]);
    expect([...times].sort().reverse()).toEqual(times);
    for (const limit of [1, 2, 7]) expect(keysOf(await walk(dealId, undefined, limit))).toEqual(keysOf(whole));
    for (const type of TIMELINE_TYPES) {
      expect(keysOf(await walk(dealId, type, 3))).toEqual(keysOf(whole.filter((entry) => entry.type === type)));
      expect((await bed.queries.execute(new GetTimeline(dealId, type, undefined, 1))).totalAvailable).toBe(
        whole.filter((entry) => entry.type === type).length,
      );
    }
    // `before` is exact to the microsecond, and leaves out the entries of its instant.
    const at = times[30] ?? '';
    const earlier = await bed.queries.execute(new GetTimeline(dealId, undefined, { before: at }, 200));
    expect(keysOf(earlier.entries)).toEqual(keysOf(whole.filter(({ timestamp }) => timestamp < at)));
  });

  it('reads no more rows than it shows, at any place of 10,000 entries', async () => {
    const dealId = await openSettled();
    // Beside other deals: a table of one deal is read by any index.
    for (const other of [dealId, await bed.open(), await bed.open(), await bed.open()]) await fill(other, PER_SOURCE);
    await bed.database.query('ANALYZE zakops.deal_stage_history, zakops.deal_activity, zakops.deal_notes, zakops.actions');
    const limit = 50;
    const whole = await walk(dealId, undefined, 200);
    // From the newest entry, in the middle, before the last page, behind the last entry; each from an entry and from an instant.
    const entries = [1, 2_500, 5_000, 7_499, whole.length - 20, whole.length].map((n) => whole[n - 1] as TimelineEntry);
    const starts = entries.flatMap((entry) => [{ after: { ...entry, at: entry.timestamp } }, { before: entry.timestamp }]);
    const asked = jest.spyOn(bed.get(Database), 'query');
    for (const start of [undefined, ...starts]) await bed.queries.execute(new GetTimeline(dealId, undefined, start, limit));
    const pages = asked.mock.calls.filter(([statement]) => textOf(statement).includes('entry_at'));
    asked.mockRestore();

    expect(pages).toHaveLength(4 * (1 + starts.length));
    const client = await bed.database.connect();
    for (const [statement, values = []] of pages) {
      for (const { kind, nodes } of await plansOf(client, textOf(statement), values)) {
        const said = `${kind} of ${textOf(statement)} ${JSON.stringify(values)}`;
        // In the order of the index: the limit ends the scan, and no sort reads more than the page.
        expect([said, nodes.flatMap((node) => node['Index Name'] ?? [])]).toEqual([
          said,
          [expect.stringMatching(/_timeline_idx$|^deal_notes_deal_idx$/)],
        ]);
        expect([said, nodes.filter((node) => rowsOf(node) > limit + 1)]).toEqual([said, []]);
      }
    }
  });
});

function textOf(statement: string | PreparedStatement): string {
  return typeof statement === 'string' ? statement : statement.text;
}
