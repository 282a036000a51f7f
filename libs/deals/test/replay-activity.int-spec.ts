import { GetReplay, PreviewReplay, ReplaysModule, StartReplay } from '#zakops/outbox';
import type { ReplayView } from '#zakops/outbox';
import { waitFor } from '#zakops/testing';
import { AddAlias } from '../src/commands/add-alias/add-alias.command.js';
import { DealsTestbed } from './deals-testbed.js';

describe('a replay to deal-activity', () => {
  let bed: DealsTestbed;

  beforeAll(async () => {
    bed = await DealsTestbed.create({ relay: true, imports: [ReplaysModule] });
  });

  afterAll(() => bed.dispose());

  const rows = (): Promise<readonly unknown[]> =>
    bed.database.query('SELECT to_jsonb(a)::text AS row FROM zakops.deal_activity a ORDER BY deal_id, seq');

  const finished = (id: string): Promise<ReplayView> =>
    waitFor('the replay to end', async () => {
      const view = await bed.queries.execute(new GetReplay(id));
      return view.state !== 'queued' && view.state !== 'running' && view;
    });

  it('rebuilds the emptied table row by row, in the middle of live events', async () => {
    for (let deal = 0; deal < 20; deal += 1) {
      const id = await bed.open();
      await bed.commands.execute(DealsTestbed.move(id, 'initial_review'));
      await bed.commands.execute(new AddAlias(id, { alias: `alias ${id}`, aliasType: 'dba_name', confidence: 0.5, source: 'test' }));
    }
    const before = await waitFor('the activity', async () => {
      const found = await rows();
      return found.length === 60 && found;
    });
    await bed.database.query('TRUNCATE zakops.deal_activity');

    const preview = await bed.queries.execute(new PreviewReplay('deal-activity', {}));
    expect(preview).toMatchObject({ afterPosition: 0, untilPosition: null, count: 60, first: 1, isComplete: true });
    expect(preview.types).toEqual({ 'deal.alias_added': 20, 'deal.created': 20, 'deal.stage_changed': 20 });
    const { id } = await bed.commands.execute(new StartReplay('deal-activity', 0, null, 100_000, 'rebuild'));
    const live = await bed.open();

    expect(await finished(id)).toMatchObject({ state: 'done', left: 0, skipped: 0, failures: 0 });
    await waitFor('the live event', async () => (await rows()).length === 61);
    expect((await rows()).filter((row) => !JSON.stringify(row).includes(live))).toEqual(before);
    const [{ n }] = (await bed.database.query<{ n: number }>('SELECT count(*)::int AS n FROM zakops.log_readers')) as [{ n: number }];
    expect(n).toBe(0);
  });

  it('replays a range by time, and nothing beyond it', async () => {
    const [middle] = await bed.database.query<{ at: string; n: number }>(
      `SELECT published_at::text AS at, (SELECT count(*)::int FROM zakops.event_log l WHERE l.published_at < m.published_at) AS n
         FROM zakops.event_log m WHERE position = 30`,
    );
    const preview = await bed.queries.execute(new PreviewReplay('deal-activity', { before: middle?.at }));
    expect(preview.untilPosition).toBe(middle?.n);
    await bed.database.query('TRUNCATE zakops.deal_activity');
    const start = new StartReplay('deal-activity', preview.afterPosition, preview.untilPosition, 100_000, undefined);
    const { id } = await bed.commands.execute(start);
    expect(await finished(id)).toMatchObject({ state: 'done', delivered: middle?.n });
    expect(await rows()).toHaveLength(middle?.n ?? -1);
  });
});
