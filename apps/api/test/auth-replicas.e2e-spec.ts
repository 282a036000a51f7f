import { ApiKeyStore, SessionStore } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import { spawnApi, SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi } from '#zakops/testing';
import { AUTH_ENV, AuthApi, bearer, browser, callAs } from './auth-harness.js';
import type { LoggedIn } from './auth-harness.js';

const READ = '/api/deals';
const PROMISED_MS = 5_000;

type Sent = Readonly<Record<string, string>>;

describe('several API processes', () => {
  let here: AuthApi;
  let others: readonly SpawnedApi[];
  const streams: SseClient[] = [];

  beforeAll(async () => {
    here = await AuthApi.start();
    others = await Promise.all([1, 2].map(() => spawnApi(here.database.url, { ...AUTH_ENV, SHUTDOWN_TIMEOUT: '1' })));
  }, 60_000);

  afterAll(async () => {
    for (const stream of streams) stream.close();
    await Promise.all(others.map((api) => api.stop()));
    await here.stop();
  });

  /** The statuses that the processes answer with. */
  const everywhere = (headers: Sent): Promise<number[]> =>
    Promise.all(others.map(async ({ url }) => (await callAs(url, READ, headers)).status));

  /** How long it takes until all processes refuse; every moment of it every one is asked. */
  async function endsWithin(limitMs: number, headers: Sent, startedAt: number): Promise<number> {
    await waitFor('the end everywhere', async () => (await everywhere(headers)).every((status) => status === 401), limitMs);
    return performance.now() - startedAt;
  }

  async function watch(headers: Sent): Promise<SseClient[]> {
    const opened = await Promise.all(others.map(({ url }) => SseClient.open(`${url}/api/events/stream`, { headers })));
    streams.push(...opened);
    expect(opened.map(({ status }) => status)).toEqual([200, 200]);
    return opened;
  }

  const end = (who: LoggedIn): Promise<unknown> =>
    here.app.get(UnitOfWork).run((tx) => here.app.get(SessionStore).end(tx, who.session.id, 'ended'));

  it('share sessions, and hear of an end as it happens', async () => {
    const ann = await here.logIn('viewer');
    expect(await everywhere(browser(ann))).toEqual([200, 200]);
    const watching = await watch(browser(ann));
    const startedAt = performance.now();
    await end(ann);
    // Less than anything is remembered for, so a notice it was.
    expect(await endsWithin(2_500, browser(ann), startedAt)).toBeLessThan(2_500);
    await Promise.all(watching.map((stream) => stream.waitForEnd(2_500)));
    for (const stream of watching)
      expect(JSON.parse(stream.frames.at(-1)?.data ?? '')).toEqual({ reason: 'unauthorized', reconnect_after_ms: 1_000 });
  });

  it('end a session within five seconds although nobody told them, streams included', async () => {
    const ann = await here.logIn('viewer');
    expect(await everywhere(browser(ann))).toEqual([200, 200]);
    const watching = await watch(browser(ann));
    const startedAt = performance.now();
    await here.database.query(`UPDATE zakops.sessions SET ended_at = now(), ended_by = 'test', end_reason = 'ended' WHERE id = $1`, [
      ann.session.id,
    ]);
    expect(await endsWithin(PROMISED_MS, browser(ann), startedAt)).toBeLessThan(PROMISED_MS);
    await Promise.all(watching.map((stream) => stream.waitForEnd(Math.max(1, PROMISED_MS - (performance.now() - startedAt)))));
  });

  it('hear of a key that was revoked, and of an operator that was disabled', async () => {
    const owner = await here.operator('analyst');
    const [one, other] = [await here.issueKey(owner, ['deals:read']), await here.issueKey(owner, ['deals:read'])];
    expect([await everywhere(bearer(one.key)), await everywhere(bearer(other.key))]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    const watching = await watch(bearer(one.key));
    await here.app.get(UnitOfWork).run((tx) => here.app.get(ApiKeyStore).revoke(tx, one.apiKey.id));
    await endsWithin(2_500, bearer(one.key), performance.now());
    await Promise.all(watching.map((stream) => stream.waitForEnd(2_500)));
    expect(await everywhere(bearer(other.key))).toEqual([200, 200]);
    await here.change(owner, "status = 'disabled'");
    await endsWithin(2_500, bearer(other.key), performance.now());
  });

  it('hear again after their connection for notices was cut off', async () => {
    const ann = await here.logIn('viewer');
    const listeners = async (): Promise<number> =>
      (
        await here.database.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'zakops-auth %'`,
        )
      ).length;
    await waitFor('everybody to listen', async () => (await listeners()) === 3);
    await here.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'zakops-auth %'`,
    );
    await waitFor('everybody to listen again', async () => (await listeners()) === 3);
    expect(await everywhere(browser(ann))).toEqual([200, 200]);
    await end(ann);
    await endsWithin(2_500, browser(ann), performance.now());
  });
});
