import { createTestDatabase, spawnApi, spawnApp, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';

const TOLD_WITHIN_MS = 10_000;
// Two seconds until a turn begins, two and a half until it counts as failing, one until a heartbeat, five for which stats are kept.
const STUCK_TOLD_WITHIN_MS = 12_000;

// A statement that waits for a row does so for longer than this test looks.
const WORKER = { HOSTNAME: 'vm1', DATABASE_LOCK_TIMEOUT: '24' };

interface Stats {
  readonly healthy: boolean;
  readonly summary: string;
  readonly failing: readonly { loop: string; since: string; failures: number; error: string; process: string }[];
  readonly consumers: readonly { consumer: string; failing_count: number; failing_since: string | null }[];
}

type Component = Readonly<Record<string, unknown>>;

/** The answers of readiness, statistics, metrics, doctor and worker-health, read one after the other. */
interface Told {
  readonly probe: { readonly code: number | null; readonly text: string };
  readonly processor: Component;
  readonly ready: number;
  readonly components: Readonly<Record<string, Component>>;
  readonly stats: Stats;
  readonly cliStats: Stats;
  readonly findings: readonly { id: string; state: string; detail: string }[];
  readonly metrics: string;
}

describe('a worker that lives and fails', () => {
  let database: TestDatabase;
  let api: SpawnedApi;
  let worker: SpawnedApp;

  beforeEach(async () => {
    database = await createTestDatabase();
    [api, worker] = await Promise.all([spawnApi(database.url), spawnWorker(database.url, WORKER)]);
  });
  afterEach(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await database.drop();
  });

  /** Makes every insert into a table fail, as a full disk or a forgotten trigger does. */
  const breakTable = (table: string): Promise<unknown> =>
    database.query(`
      CREATE FUNCTION zakops.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the store is full'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON zakops.${table} FOR EACH ROW EXECUTE FUNCTION zakops.refuse()`);
  const mend = (): Promise<unknown> => database.query('DROP FUNCTION zakops.refuse() CASCADE');

  const openDeal = async (name: string): Promise<void> => {
    const { status } = await fetch(`${api.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ canonical_name: name, display_name: name }),
    });
    expect(status).toBe(201);
  };

  const read = async (path: string): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(api.url + path);
    return { status: response.status, body: await response.json() };
  };

  const cli = async (...args: string[]): Promise<{ code: number | null; text: string }> => {
    const { process: child, lines } = spawnApp('cli', { DATABASE_URL: database.url, HOSTNAME: 'vm1' }, args);
    await waitFor(`the end of zakops ${args.join(' ')}`, () => child.exitCode !== null && child.stdout?.readableEnded);
    return { code: child.exitCode, text: lines.join('\n') };
  };

  const look = async (): Promise<Told> => {
    const [probe, ready, system, stats, cliStats, doctor, metrics] = await Promise.all([
      cli('worker-health'),
      read('/health/ready'),
      read('/api/admin/system/health'),
      read('/api/admin/outbox/stats'),
      cli('outbox', 'stats', '--json'),
      cli('doctor', '--json'),
      fetch(`${api.url}/metrics`).then((response) => response.text()),
    ]);
    return {
      probe,
      ready: ready.status,
      processor: (ready.body as { checks: Record<string, Component> }).checks['outbox_processor'] ?? {},
      components: (system.body as Pick<Told, 'components'>).components,
      stats: stats.body as Stats,
      cliStats: JSON.parse(cliStats.text) as Stats,
      findings: (JSON.parse(doctor.text) as { checks: Told['findings'] }).checks,
      metrics,
    };
  };

  const loopMetric = ({ metrics }: Told, loop: string): string | undefined =>
    metrics
      .split('\n')
      .find((line) => line.startsWith('zakops_worker_loop_failing{') && line.includes(`loop="${loop}"`))
      ?.split(' ')
      .at(-1);

  const findingsOf = ({ findings }: Told, id: string): readonly string[] =>
    findings.filter((finding) => finding.id === id).map(({ state, detail }) => `${state}: ${detail}`);

  /** Until every teller says so, at most as long as they may take; the last difference is the error. */
  const seen = (what: string, expectAll: (told: Told) => void, limitMs = TOLD_WITHIN_MS): Promise<unknown> =>
    waitFor(
      what,
      async () => {
        expectAll(await look());
        return true;
      },
      limitMs,
    );

  const allWell = (told: Told): void => {
    expect(told.probe).toEqual({ code: 0, text: expect.stringContaining('healthy (working): vm1/') });
    expect(told.processor).toEqual({ status: 'up', state: 'running' });
    expect(told.components['outbox_processor']).toMatchObject({ state: 'up', failing: [] });
    expect(told.components['outbox']).toMatchObject({ state: 'up' });
    expect([told.stats.healthy, told.stats.failing, told.cliStats.failing]).toEqual([true, [], []]);
    expect(findingsOf(told, 'worker.loops')).toEqual(['ok: Publishing, lease and consumers succeed.']);
    for (const loop of ['publishing', 'lease', 'consumer:deal-activity']) expect(loopMetric(told, loop)).toBe('0');
  };

  it('says everywhere within ten seconds since when publishing fails and of what, and takes it back afterwards', async () => {
    await seen('a healthy system', allWell, 30_000);
    await breakTable('event_log');
    await openDeal('acme');

    const sentence = /publishing has failed since \d\d:\d\d:\d\d UTC \((once|\d+ times)\): DatabaseError P0001: the store is full\./;
    await seen('the failing loop', (told) => {
      // A restart is not the cure, and a probe must not order one.
      expect(told.probe).toEqual({ code: 0, text: expect.stringMatching(new RegExp(`^healthy \\(failing\\): ${sentence.source}$`)) });
      expect([told.ready, told.processor]).toEqual([
        200,
        {
          status: 'degraded',
          state: 'failing',
          // Everybody may ask for it.
          reason: expect.stringMatching(/^publishing has failed since \d\d:\d\d:\d\d UTC \((once|\d+ times)\)\.$/),
        },
      ]);
      expect(told.components['outbox_processor']).toMatchObject({
        state: 'degraded',
        reason: expect.stringMatching(sentence),
        failing: [{ loop: 'publishing', error: 'DatabaseError P0001: the store is full' }],
      });
      expect(told.components['outbox']).toMatchObject({ state: 'degraded', reason: expect.stringMatching(sentence) });
      for (const stats of [told.stats, told.cliStats]) {
        expect(stats).toMatchObject({ healthy: false, summary: expect.stringMatching(sentence) });
        expect(stats.failing).toEqual([
          {
            loop: 'publishing',
            since: expect.stringMatching(/Z$/),
            failures: expect.any(Number),
            error: 'DatabaseError P0001: the store is full',
            process: expect.stringMatching(/^vm1\//),
          },
        ]);
      }
      expect(findingsOf(told, 'worker.loops')).toEqual([expect.stringMatching(new RegExp(`^failure: ${sentence.source}`))]);
      expect([loopMetric(told, 'publishing'), loopMetric(told, 'lease')]).toEqual(['1', '0']);
    });

    await mend();
    await seen('the recovery', allWell);
  }, 90_000);

  it('says at once that a consumer fails its first event', async () => {
    await waitFor('a healthy system', async () => ((await read('/api/admin/outbox/stats')).body as Stats).healthy);
    await breakTable('deal_activity');
    await openDeal('acme');

    const sentence = /1 delivery to deal-activity fails since \d\d:\d\d:\d\d UTC, (?:next try|being tried)/;
    await seen('the failing consumer', (told) => {
      for (const stats of [told.stats, told.cliStats]) {
        expect(stats).toMatchObject({ healthy: false, summary: expect.stringMatching(sentence) });
        expect(stats.consumers.find(({ consumer }) => consumer === 'deal-activity')).toMatchObject({
          failing_count: 1,
          failing_since: expect.stringMatching(/Z$/),
        });
      }
      expect(told.components['outbox']).toMatchObject({ state: 'degraded', reason: expect.stringMatching(sentence) });
      expect(findingsOf(told, 'outbox.age')).toEqual([expect.stringMatching(new RegExp(`^warning: ${sentence.source}`))]);
    });

    await mend();
    await seen('the retry', allWell, 20_000);
  }, 90_000);

  it('says that the lease fails when somebody holds its row', async () => {
    await waitFor('a healthy system', async () => ((await read('/api/admin/outbox/stats')).body as Stats).healthy);
    const holder = await database.connect();
    try {
      await holder.query(`BEGIN; SELECT FROM zakops.worker_leases WHERE name = 'outbox' FOR UPDATE`);
      const sentence = /lease has not finished a turn since \d\d:\d\d:\d\d UTC/;
      await seen(
        'the failing lease',
        (told) => {
          expect(told.probe).toEqual({ code: 0, text: expect.stringMatching(new RegExp(`^healthy \\(failing\\): .*${sentence.source}`)) });
          // Its lease runs out meanwhile.
          expect([told.ready, told.processor]).toEqual([
            200,
            { status: 'degraded', state: 'not_running', reason: expect.stringMatching(sentence) },
          ]);
          expect(told.stats.failing.map(({ loop }) => loop)).toContain('lease');
          expect(told.components['outbox_processor']?.['reason']).toMatch(sentence);
          expect(findingsOf(told, 'worker.loops')).toContainEqual(expect.stringMatching(sentence));
          expect(loopMetric(told, 'lease')).toBe('1');
        },
        STUCK_TOLD_WITHIN_MS,
      );
    } finally {
      await holder.query('ROLLBACK');
      await holder.end();
    }
    await seen('the recovery', allWell, 30_000);
  }, 90_000);
});
