import { clockMovedBy, spawnApi } from '#zakops/testing';
import type { SpawnedApi } from '#zakops/testing';
import { AUTH_ENV, AuthApi, bearer, browser, callAs } from './auth-harness.js';
import type { AuthAnswer } from './auth-harness.js';

const HOUR_MS = 3_600_000;

describe.each([
  ['ahead', HOUR_MS],
  ['behind', -HOUR_MS],
])('a process whose clock is an hour %s', (_word, ms) => {
  let here: AuthApi;
  let moved: SpawnedApi;

  beforeAll(async () => {
    // Any of these limits would be over, or would never be.
    const env = { SESSION_IDLE_MINUTES: '5', SESSION_EXPIRY_HOURS: '1' };
    here = await AuthApi.start(env);
    moved = await spawnApi(here.database.url, { ...AUTH_ENV, ...env, NODE_OPTIONS: clockMovedBy(ms) });
  }, 60_000);

  afterAll(async () => {
    await moved.stop();
    await here.stop();
  });

  const there = (path: string, headers: Readonly<Record<string, string>>, method?: string, body?: unknown): Promise<AuthAnswer> =>
    callAs(moved.url, path, headers, method, body);

  it('really has it', async () => {
    const { body } = await there('/api/deals', {});
    const at = Date.parse(String((body['error'] as { timestamp?: string } | undefined)?.timestamp ?? body['timestamp']));
    expect(Math.round((at - Date.now()) / HOUR_MS)).toBe(ms / HOUR_MS);
  });

  it('lets sessions in that count by the clock of the database, and none that are over by it', async () => {
    const ann = await here.logIn('admin');
    expect((await there('/api/deals', browser(ann))).status).toBe(200);
    // The password was given a moment ago, whatever time it is here.
    expect((await there('/api/auth/api-keys', browser(ann), 'POST', { name: 'by the clock', scopes: ['deals:read'] })).status).toBe(201);
    for (const [column, status] of [
      ['idle_expires_at', 401],
      ['expires_at', 401],
      ['authenticated_at', 403],
    ] as const) {
      const late = await here.logIn('admin');
      const past = column === 'authenticated_at' ? '16 minutes' : '1 second';
      await here.database.query(`UPDATE zakops.sessions SET ${column} = now() - interval '${past}' WHERE id = $1`, [late.session.id]);
      const answer = await there('/api/auth/api-keys', browser(late), 'POST', { name: 'too late', scopes: ['deals:read'] });
      expect([column, answer.status]).toEqual([column, status]);
    }
  });

  it('tells the time of the database of a move that is not needed', async () => {
    const ann = await here.logIn('admin');
    const deal = await there('/api/deals', browser(ann), 'POST', { canonical_name: 'acme' });
    const path = `/api/deals/${String(deal.body['deal_id'])}/transition`;
    const { body } = await there(path, browser(ann), 'POST', { new_stage: 'inbound' });
    expect(body).toMatchObject({ idempotent_hit: true });
    expect(Math.abs(Date.parse(String(body['timestamp'])) - Date.now())).toBeLessThan(HOUR_MS / 2);
  });

  it('lets keys in until they end by the clock of the database', async () => {
    const owner = await here.operator('viewer');
    const soon = await here.issueKey(owner, ['deals:read'], new Date(Date.now() + HOUR_MS / 2));
    const over = await here.issueKey(owner, ['deals:read'], new Date(Date.now() + HOUR_MS / 2));
    await here.database.query(`UPDATE zakops.api_keys SET expires_at = now() - interval '1 second' WHERE id = $1`, [over.apiKey.id]);
    const admin = await here.logIn('admin');
    for (const [minutes, status] of [
      [30, 201],
      [-30, 400],
    ] as const) {
      const body = { name: 'half an hour', scopes: ['deals:read'], expires_at: new Date(Date.now() + minutes * 60_000).toISOString() };
      expect((await there('/api/auth/api-keys', browser(admin), 'POST', body)).status).toBe(status);
    }
    expect([(await there('/api/deals', bearer(soon.key))).status, (await there('/api/deals', bearer(over.key))).status]).toEqual([
      200, 401,
    ]);
  });
});
