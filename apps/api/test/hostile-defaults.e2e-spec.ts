import { createTestDatabase, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp, TestDatabase } from '#zakops/testing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DealsApi } from '../../../libs/deals/test/deals-api.js';

const MATRIX = JSON.parse(readFileSync(join(process.cwd(), 'apps/api/test/route-matrix.json'), 'utf8')) as Record<string, unknown>;

// A role whose every default is unusual: dates, zones, isolation, time limits of a millisecond. `ZAKOPS_TEST_DEFAULTS=hostile` gives
// such defaults to the databases of any other suite.
describe('a database whose defaults nobody expects', () => {
  let database: TestDatabase;
  let api: DealsApi;
  let worker: SpawnedApp;

  beforeAll(async () => {
    database = await createTestDatabase({ hostileDefaults: true });
    [api, worker] = await Promise.all([DealsApi.on(database), spawnWorker(database.url)]);
  }, 60_000);

  afterAll(async () => {
    await worker.stop('SIGKILL');
    await api.stop();
  });

  it('opens, changes, moves and lists deals, with times as everywhere', async () => {
    const id = await api.open({
      display_name: 'Żółć & Söhne \\ co',
      metadata: { asking_price: { amount: '1250000.10', currency: 'USD' } },
    });
    expect((await api.patch(`/deals/${id}`, { folder_path: '/deals/\\1' })).status).toBe(200);
    expect((await api.post(`/deals/${id}/transition`, { new_stage: 'initial_review' })).status).toBe(200);
    const { status, body } = await api.get('/deals?limit=5');
    expect(status).toBe(200);
    expect(body).toEqual([
      expect.objectContaining({
        deal_id: id,
        display_name: 'Żółć & Söhne \\ co',
        folder_path: '/deals/\\1',
        stage: 'initial_review',
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        days_since_update: 0,
      }),
    ]);
  });

  it('answers a repeated call with its first answer', async () => {
    const open = (): Promise<{ status: number; body: unknown }> =>
      api.post('/deals', { canonical_name: 'twice' }, { 'idempotency-key': 'hostile-1' });
    const first = await open();
    expect(first.status).toBe(201);
    expect((await open()).body).toEqual(first.body);
  });

  it('publishes what happened, and chains the audit log', async () => {
    await waitFor('all events to be published', async () => {
      const { body } = await api.get('/admin/outbox/stats');
      const { pending, delivered } = (body as { by_status: { pending: number; delivered: number } }).by_status;
      return pending === 0 && delivered > 0;
    });
    const { status, body } = await api.get('/admin/audit/verify');
    expect([status, body]).toEqual([200, expect.objectContaining({ ok: true, problem_count: 0 })]);
  });

  // A new route is in the matrix, and so in here.
  const paths = Object.keys(MATRIX).filter((route) => /^GET \/api\/(?!.*(?::|stream$|by-|export$))/.test(route));
  it.each(paths)('answers %s', async (route) => {
    const path = route.slice('GET '.length);
    expect((await api.call('GET', path + queryOf(path))).status).toBe(200);
  });
});

/** What a route cannot do without. */
function queryOf(path: string): string {
  if (path === '/api/admin/timeseries') return '?series=outbox.dead&range=1h';
  return path.startsWith('/api/search/') || path === '/api/admin/lookup' ? '?q=acme' : '';
}
