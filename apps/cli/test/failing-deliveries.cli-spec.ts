import { createTestDatabase, spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { runCli, runCliJson } from './run-cli.js';
import { runOnTerminal } from './run-on-terminal.js';

const DEALS = 3;

interface Stats {
  readonly healthy: boolean;
  readonly summary: string;
  readonly reasons: readonly { readonly problem: string; readonly consumer: string | null }[];
  readonly consumers: readonly { readonly consumer: string; readonly failing_count: number; readonly next_attempt_at: string | null }[];
}

interface Component {
  readonly state: string;
  readonly reason: string | null;
}

interface Check {
  readonly id: string;
  readonly state: string;
  readonly detail: string;
}

/** The time to the next try changes from one look to the next. */
const timeless = (sentence: string | null | undefined): string =>
  (sentence ?? '').replace(/being tried now|next try now|next try in \d+ min(?: \d+ s)?/, 'next try ');

describe('deliveries that fail, seen from everywhere', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    [api, worker] = await Promise.all([spawnApi(database.url), spawnWorker(database.url)]);
  }, 60_000);

  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await database.drop();
  });

  const get = async <T>(path: string): Promise<T> => (await (await fetch(api.url + path)).json()) as T;
  const stats = (): Promise<Stats> => get('/api/admin/outbox/stats');

  /** What each of them says of the outbox: whether it is well, and in which words. */
  async function everywhere(): Promise<Record<string, readonly [boolean, string]>> {
    const rest = await stats();
    const { components } = await get<{ components: Record<string, Component> }>('/api/admin/system/health');
    const outbox = components['outbox'];
    const doctor = await runCliJson<{ checks: readonly Check[] }>(database.url, ['doctor']);
    const check = doctor.checks.find(({ id }) => id === 'outbox.age');
    const cli = await runCliJson<Stats>(database.url, ['outbox', 'stats', '--json']);
    return {
      stats: [rest.healthy, timeless(rest.summary)],
      health: [outbox?.state === 'up', timeless(outbox?.reason)],
      doctor: [check?.state === 'ok', timeless(check?.detail)],
      cli: [cli.healthy, timeless(cli.summary)],
    };
  }

  it('says the same sentence in stats, health, doctor and command line from the first failure on, until it is over', async () => {
    await waitFor('a well outbox', async () => (await stats()).healthy);
    await database.query('ALTER TABLE zakops.deal_activity RENAME TO deal_activity_away');
    for (let n = 0; n < DEALS; n += 1) {
      const answer = await fetch(`${api.url}/api/deals`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ canonical_name: `Deal ${String(n)}` }),
      });
      expect(answer.status).toBe(201);
    }
    const failing = async (): Promise<number | undefined> =>
      (await stats()).consumers.find(({ consumer }) => consumer === 'deal-activity')?.failing_count;
    await waitFor('the first failures', async () => (await failing()) === DEALS);
    // No retry of their own comes in between, however slow this machine is.
    await database.query(`UPDATE zakops.outbox_tickets SET due_at = now() + interval '30 minutes' WHERE status = 'failed'`);

    const said = await everywhere();
    const sentence = said['stats']?.[1] ?? '';
    expect(sentence).toMatch(/^3 deliveries to deal-activity fail since [\d: -]+ UTC, next try \.$/);
    for (const words of Object.values(said)) expect(words).toEqual([false, sentence]);
    expect((await stats()).reasons).toMatchObject([{ problem: 'deliveries_fail', consumer: 'deal-activity' }]);
    expect(await (await fetch(`${api.url}/metrics`)).text()).toContain(
      `zakops_outbox_tickets{status="failed",consumer="deal-activity"} ${String(DEALS)}`,
    );

    const { screen, ended } = runOnTerminal(database.url, ['outbox', 'tickets', '--status', 'failed']);
    expect(await ended).toBe(0);
    expect(screen()).toMatch(/│ deal-activity +│ deal\.created/);
    expect(screen()).toContain(`${String(DEALS)} tickets\n`);
    const { code, ...page } = await runCliJson<{ tickets: readonly { id: string }[] }>(database.url, ['outbox', 'tickets']);
    expect([code, page]).toEqual([0, await get('/api/admin/outbox/tickets')]);

    await database.query('ALTER TABLE zakops.deal_activity_away RENAME TO deal_activity');
    const [first] = page.tickets;
    const one = await runCliJson<object>(database.url, ['outbox', 'try-now', '--id', first?.id ?? '', '--reason', 'the table is back']);
    expect(one).toMatchObject({ code: 0, status: 'due', ticket_id: first?.id, consumer: 'deal-activity' });
    expect(await runCliJson(database.url, ['outbox', 'try-now', '--all'])).toMatchObject({ code: 0, status: 'due' });
    await waitFor('the deliveries', async () => (await stats()).healthy);
    const after = await everywhere();
    expect(Object.fromEntries(Object.entries(after).map(([where, [isWell]]) => [where, isWell]))).toEqual({
      stats: true,
      health: true,
      doctor: true,
      cli: true,
    });
    expect(after['doctor']?.[1]).toMatch(/^The worker is active: 0 tickets waiting; /);
    expect(await database.query('SELECT count(*)::int AS n FROM zakops.deal_activity')).toEqual([{ n: DEALS }]);
    expect(
      await database.query(
        `SELECT DISTINCT actor_type, actor_id FROM zakops.audit_log WHERE action IN ('ticket.tried_now', 'tickets.tried_now')`,
      ),
    ).toEqual([{ actor_type: 'system', actor_id: 'cli' }]);
  }, 120_000);

  it('refuses a choice of nothing, and what is no ticket', async () => {
    expect(await runCli(database.url, ['outbox', 'try-now'])).toMatchObject({
      code: 1,
      error: 'Which ones? Give --id, a filter such as --consumer, or --all.\n',
    });
    const none = '00000000-0000-4000-8000-000000000000';
    expect(await runCli(database.url, ['outbox', 'try-now', '--id', none, '--consumer', 'x'])).toMatchObject({
      code: 1,
      error: '--id names the tickets; leave the filter away.\n',
    });
    expect(await runCli(database.url, ['outbox', 'try-now', '--id', none])).toMatchObject({
      code: 1,
      error: `No delivery is waiting as ticket ${none}: it never existed, was delivered, or was discarded.\n`,
    });
  }, 60_000);
});
