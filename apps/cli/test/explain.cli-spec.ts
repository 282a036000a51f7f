import { createTestDatabase, spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { runCli, runCliJson } from './run-cli.js';

interface Replay {
  readonly id: string;
  readonly state: string;
  readonly delivered: number;
}

describe('zakops explain, lookup and replay', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    [api, worker] = await Promise.all([spawnApi(database.url), spawnWorker(database.url)]);
    await fetch(`${api.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: 'acme-plumbing' }),
    });
  });
  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await database.drop();
  });

  const rest = async (path: string): Promise<object> => (await (await fetch(`${api.url}${path}`)).json()) as object;

  it('answer what the API answers', async () => {
    const [event] = await waitFor('the activity', async () => {
      const rows = await database.query<{ id: string }>('SELECT id FROM zakops.deal_activity');
      return rows.length === 1 && rows;
    });
    const id = event?.id ?? '';

    const { code, ...explained } = await runCliJson<{ streams: object }>(database.url, ['explain', id]);
    expect([code, explained]).toMatchObject([0, { waits_for: null, call: { method: 'POST', path: '/api/deals' }, event: { id } }]);
    const answered = (await rest(`/api/admin/events/${id}/explain`)) as { streams: object };
    expect({ ...explained, streams: {} }).toEqual({ ...answered, streams: {} });

    const { code: found, ...hits } = await runCliJson<object>(database.url, ['lookup', 'DEAL-000001']);
    expect([found, hits]).toEqual([0, await rest('/api/admin/lookup?q=DEAL-000001')]);
    expect(hits).toMatchObject({ hits: [{ kind: 'correlation' }, { kind: 'deal', title: 'acme-plumbing' }] });
    expect(await runCli(database.url, ['lookup', 'nothing'])).toMatchObject({ code: 1, error: 'Nothing has the id nothing.\n' });

    await database.query('TRUNCATE zakops.deal_activity');
    const dry = await runCliJson<object>(database.url, ['replay', 'start', 'deal-activity', '--dry-run']);
    expect(dry).toMatchObject({ code: 0, dry_run: true, count: 1, types: { 'deal.created': 1 } });
    const { code: started, ...replay } = await runCliJson<Replay>(database.url, ['replay', 'start', 'deal-activity', '--yes']);
    expect([started, replay]).toMatchObject([0, { state: 'queued', created_by: 'system:cli' }]);
    const done = await waitFor('the replay', async () => {
      const { code: shown, ...view } = await runCliJson<Replay>(database.url, ['replay', 'show', replay.id]);
      return shown === 0 && view.state === 'done' && view;
    });
    expect(done).toEqual(await rest(`/api/admin/events/replays/${replay.id}`));
    expect(done.delivered).toBe(1);
    expect(await database.query('SELECT id FROM zakops.deal_activity')).toEqual([{ id }]);
    const { code: listed, ...list } = await runCliJson<object>(database.url, ['replay', 'list']);
    expect([listed, list]).toMatchObject([0, { replays: [done] }]);
    expect((await runCli(database.url, ['replay', 'cancel', replay.id])).code).toBe(1);
  }, 120_000);
});
