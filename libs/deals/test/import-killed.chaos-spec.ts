import { spawnWorker, waitFor } from '#zakops/testing';
import { DealsApi } from './deals-api.js';

describe('an import whose worker is killed', () => {
  let api: DealsApi;

  beforeAll(async () => {
    api = await DealsApi.start();
  });

  afterAll(() => api.stop());

  it('goes on behind the last portion when the worker is killed, and does nothing twice', async () => {
    const rows = Array.from({ length: 1_000 }, (_, n) => `K-${String(n)},killed ${String(n)}`);
    const file = ['external_id,canonical_name', ...rows].join('\n');
    const { body } = await api.call('POST', '/deals/import', file, { 'content-type': 'text/csv' });
    const state = async (task: string): Promise<Readonly<Record<string, unknown>>> =>
      (await api.get(`/deals/imports/${task}`)).body as Readonly<Record<string, unknown>>;
    const { task_id: id } = body as { task_id: string };
    let kills = 0;
    for (let seen = 0; seen < 1_000;) {
      const worker = await spawnWorker(api.database.url, {}, false);
      seen = await waitFor('progress', async () => {
        const done = Number((await state(id))['done']);
        return done > seen || done === 1_000 ? done : undefined;
      });
      await worker.stop('SIGKILL');
      kills += 1;
    }
    expect(kills).toBeGreaterThan(1);
    const worker = await spawnWorker(api.database.url, {}, false);
    await waitFor('the end', async () => (await state(id))['state'] === 'done');
    await worker.stop();
    // A row that was gone through twice would be `unchanged` the second time.
    expect(await state(id)).toMatchObject({ created: 1_000, changed: 0, unchanged: 0, failed: 0 });
    const [row] = await api.database.query(
      `SELECT count(*)::int AS deals, count(DISTINCT external_id)::int AS keys,
              (SELECT count(*)::int FROM zakops.events e JOIN zakops.deals d ON d.deal_id = e.aggregate_id WHERE d.external_id LIKE 'K-%') AS events
         FROM zakops.deals WHERE external_id LIKE 'K-%'`,
    );
    expect(row).toEqual({ deals: 1_000, keys: 1_000, events: 1_000 });
  }, 120_000);
});
