import { PACKAGE_VERSION } from '#zakops/config';
import { HealthCheckService } from '@nestjs/terminus';
import { DatabaseConnector } from '#zakops/database';
import { ContributesHealth } from '#zakops/health';
import type { ComponentHealth, HealthContributor } from '#zakops/health';
import { createTestDatabase, TcpProxy, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { Injectable, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIGRATIONS } from '../../../migrations/index.js';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { Answer, OperationsApi } from '../../../apps/api/test/operations-harness.js';
import { writeTicket } from '../../../apps/api/test/tickets.builder.js';

const FAMILIES = ['/health', '/api/health'];
const NEWEST = MIGRATIONS.map((migration) => new migration().name).at(-1);

type Checks = Record<string, Record<string, unknown>>;
interface Ready extends Record<string, unknown> {
  readonly status: string;
  readonly checks: Checks;
}

/** Stands for any other module that tells how it is. */
@ContributesHealth({ name: 'mailer', runbook: 'outbox-not-processing' })
@Injectable()
class MailerHealth implements HealthContributor {
  answer: () => ComponentHealth | Promise<ComponentHealth> = () => ({ state: 'up', stats: { queued: 3 } });

  check(): ComponentHealth | Promise<ComponentHealth> {
    return this.answer();
  }
}

@Module({ providers: [MailerHealth] })
class MailerModule {}

async function timed<T>(work: () => Promise<T>): Promise<{ answer: T; ms: number }> {
  const startedAt = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - startedAt };
}

describe('probes', () => {
  let database: TestDatabase;
  let api: OperationsApi;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await api.close();
    await database.drop();
  });

  const ready = (family = '/health'): Promise<Answer<Ready>> => api.get<Ready>(`${family}/ready`);

  /** Past the second for which an answer is given again. */
  const untilReady = (status: number): Promise<Answer<Ready>> =>
    waitFor(`readiness to answer ${String(status)}`, async () => {
      const answer = await ready();
      return answer.status === status && answer;
    });

  it('is not ready while the database takes no changes, and answers 503 to those; ready again as soon as it takes them', async () => {
    const { username, pathname } = new URL(database.url);
    const letWrite = (yes: boolean): Promise<unknown> =>
      database.query(`ALTER ROLE ${username} IN DATABASE ${pathname.slice(1)} SET default_transaction_read_only = ${yes ? 'off' : 'on'}`);
    await letWrite(false);
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
    const { body } = await untilReady(503);
    expect(body.checks['database']).toEqual({ status: 'down', reason: 'The database takes no changes.' });
    const refused = await api.post('/api/admin/dlq/retry-all?correlation_id=nothing');
    expect([refused.status, refused.headers.get('retry-after'), refused.body['code']]).toEqual([503, '5', 'SERVICE_UNAVAILABLE']);
    await letWrite(true);
    await untilReady(200);
  });

  it('answers as the runbook says, under both families of paths, without caching', async () => {
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
    await untilReady(200);
    for (const family of FAMILIES) {
      const expected: Record<string, unknown> = {
        [family]: { status: 'healthy' },
        [`${family}/live`]: { status: 'alive' },
        [`${family}/startup`]: { status: 'started' },
        [`${family}/ready`]: {
          status: 'ready',
          checks: {
            database: { status: 'up', response_time_ms: expect.any(Number) },
            migrations: { status: 'up', pending: 0 },
            outbox_processor: { status: 'degraded', state: 'not_running' },
          },
        },
      };
      for (const [path, body] of Object.entries(expected)) {
        const answer = await api.get(`${path}?cache=${String(Math.random())}`);
        expect([path, answer.status, answer.body]).toEqual([path, 200, body]);
        expect(answer.headers.get('cache-control')).toBe('private, no-cache');
        expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      }
    }
  });

  it('reports an active worker', async () => {
    api = await startOperationsApi(database.url);
    await database.query(`UPDATE zakops.worker_leases SET heartbeat_at = now(), expires_at = now() + interval '1 minute'`);
    const answer = await waitFor('readiness', async () => {
      const now = await ready();
      return now.body.checks['outbox_processor']?.['state'] === 'running' && now;
    });
    expect(answer.body.checks['outbox_processor']).toEqual({ status: 'up', state: 'running' });
  });

  it('tells build and schema', async () => {
    api = await startOperationsApi(database.url, {
      APP_VERSION: '1.2.3',
      GIT_COMMIT: 'abc1234',
      BUILD_TIME: '2026-01-31T12:00:00Z',
      APP_ENV: 'staging',
    });
    await api.app.get(DatabaseConnector).whenConnected();
    const { status, body } = await api.get('/api/version');
    expect(status).toBe(200);
    expect(body).toEqual({
      version: '1.2.3',
      commit: 'abc1234',
      build_time: '2026-01-31T12:00:00Z',
      environment: 'staging',
      schema_version: NEWEST,
    });
  });

  it('lives, and says what it waits for, while the database was never reached, and starts when it is', async () => {
    const proxy = await TcpProxy.before(database.url);
    proxy.refuse();
    api = await startOperationsApi(proxy.url);
    for (const family of FAMILIES) {
      for (const path of ['', '/live']) {
        const { answer, ms } = await timed(() => api.get(family + path));
        expect(answer.status).toBe(200);
        expect(ms).toBeLessThan(500);
      }
      const { answer, ms } = await timed(() => ready(family));
      expect(ms).toBeLessThan(2_000);
      expect([answer.status, answer.headers.get('cache-control'), answer.body]).toEqual([
        503,
        'no-store',
        {
          status: 'not_ready',
          checks: {
            database: { status: 'down', reason: 'The database has not been reached since the start.' },
            migrations: { status: 'down', reason: 'Not known before the database is reached.' },
            outbox_processor: { status: 'degraded', state: 'unknown' },
          },
        },
      ]);
      const startup = await api.get(`${family}/startup`);
      expect([startup.status, startup.body]).toEqual([
        503,
        { status: 'starting', message: 'The database has not been reached since the start. Not known before the database is reached.' },
      ]);
    }
    const version = await api.get('/api/version');
    expect([version.status, version.body['schema_version']]).toEqual([200, null]);
    proxy.resume();
    await untilReady(200);
    expect((await api.get('/health/startup')).body).toEqual({ status: 'started' });
    await api.close();
    await proxy.close();
  });

  it('waits for pending migrations by name, and starts when they are done', async () => {
    const [newest] = await database.query<{ id: number; timestamp: string; name: string }>(
      'DELETE FROM zakops.migrations WHERE name = $1 RETURNING *',
      [NEWEST],
    );
    if (newest === undefined) throw new Error('The newest migration was not applied.');
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
    const answer = await waitFor('the database check', async () => {
      const now = await ready();
      return now.body.checks['database']?.['status'] === 'up' && now;
    });
    expect(answer.status).toBe(503);
    expect(answer.body.checks['migrations']).toEqual({ status: 'down', pending: 1, reason: `Migrations are pending: ${String(NEWEST)}.` });
    const startup = await api.get('/health/startup');
    expect([startup.status, startup.body]).toEqual([503, { status: 'starting', message: `Migrations are pending: ${String(NEWEST)}.` }]);
    await database.query('INSERT INTO zakops.migrations (id, timestamp, name) VALUES ($1, $2, $3)', [
      newest.id,
      newest.timestamp,
      newest.name,
    ]);
    await untilReady(200);
    expect((await api.get('/health/startup')).status).toBe(200);
  });

  describe('when the database hangs', () => {
    let proxy: TcpProxy;

    beforeEach(async () => {
      proxy = await TcpProxy.before(database.url);
      api = await startOperationsApi(proxy.url);
      await api.app.get(DatabaseConnector).whenConnected();
      await untilReady(200);
      expect((await api.get('/health/startup')).status).toBe(200);
      expect((await api.get('/api/version')).body['schema_version']).toBe(NEWEST);
      proxy.pause();
    });

    afterEach(async () => {
      proxy.resume();
      await api.close();
      await proxy.close();
    });

    it('is not ready within two seconds, stays alive and started, and is ready again afterwards', async () => {
      // Until the last good answer is a second old.
      const { answer } = await waitFor('the first 503', async () => {
        const now = await timed(() => ready());
        expect(now.ms).toBeLessThan(2_000);
        return now.answer.status === 503 && now;
      });
      expect(answer.body.checks).toMatchObject({
        database: { status: 'down', reason: 'No answer within 1.8 s.' },
        // As last seen: the check above says that the database is away.
        migrations: { status: 'up', pending: 0 },
        outbox_processor: { status: 'degraded', state: 'unknown' },
      });
      for (const path of ['/health', '/health/live', '/api/health', '/api/health/startup']) {
        const probe = await timed(() => api.get(path));
        expect([path, probe.answer.status]).toEqual([path, 200]);
        expect(probe.ms).toBeLessThan(500);
      }
      const version = await timed(() => api.get('/api/version'));
      expect(version.ms).toBeLessThan(2_000);
      expect(version.answer.body['schema_version']).toBe(NEWEST);
      const system = await timed(() => api.get<{ overall: string; components: Checks }>('/api/admin/system/health'));
      expect(system.ms).toBeLessThan(2_500);
      expect(system.answer.body.overall).toBe('degraded');
      expect(system.answer.body.components).toMatchObject({
        database: { state: 'down' },
        outbox: { state: 'unknown' },
        outbox_processor: { state: 'unknown' },
      });
      proxy.resume();
      await untilReady(200);
    });

    it('holds no more than one connection a check, however many probes come', async () => {
      const probes: Promise<Answer<Ready>>[] = [];
      const until = performance.now() + 5_000;
      while (performance.now() < until) {
        probes.push(ready());
        await sleep(100);
      }
      expect((await Promise.all(probes)).at(-1)?.status).toBe(503);
      const [row] = await database.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'zakops-api %'`,
      );
      // One a check, one of the streams, and the two that heartbeats may take; of fifty probes.
      expect(row?.n).toBeLessThanOrEqual(6);
    });
  });

  it('checks once a second at most, also for probes at the same moment', async () => {
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
    await untilReady(200);
    // The steady clock stands still, and the answer of before is over.
    let nowMs = performance.now() + 2_000;
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const asked = jest.spyOn(api.app.get(HealthCheckService), 'check');
    try {
      await Promise.all(Array.from({ length: 50 }, (_, n) => ready(FAMILIES[n % 2])));
      nowMs += 999;
      await ready();
      expect(asked).toHaveBeenCalledTimes(1);
      nowMs += 1;
      await ready();
      expect(asked).toHaveBeenCalledTimes(2);
    } finally {
      clock.mockRestore();
      asked.mockRestore();
    }
  });

  it('refuses at once when the process begins to stop, and stays started', async () => {
    const asked: Answer<Ready>[] = [];

    /** Probes while the process is stopping. */
    @Injectable()
    class ProbeAtStop implements BeforeApplicationShutdown {
      async beforeApplicationShutdown(): Promise<void> {
        asked.push(await ready(), await ready('/api/health'), await api.get<Ready>('/health/startup'), await api.get<Ready>('/health'));
      }
    }

    @Module({ providers: [ProbeAtStop] })
    class ProbeAtStopModule {}

    api = await startOperationsApi(database.url, {}, [ProbeAtStopModule]);
    await api.app.get(DatabaseConnector).whenConnected();
    await untilReady(200);
    expect((await api.get('/health/startup')).status).toBe(200);
    await api.close();
    const refusal = { status: 'not_ready', checks: { draining: { status: 'down', reason: 'This process is stopping.' } } };
    expect(asked.map(({ status, body }) => [status, body])).toEqual([
      [503, refusal],
      [503, refusal],
      [200, { status: 'started' }],
      [200, { status: 'healthy' }],
    ]);
  });

  it('shows an operator the details of the process', async () => {
    api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
    await untilReady(200);
    const { status, body } = await api.get('/health/detailed');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      readiness: { status: 'ready' },
      build: { version: PACKAGE_VERSION, schema_version: NEWEST },
      runtime: process.version,
      platform: `${process.platform} ${process.arch}`,
    });
  });

  describe('/api/admin/system/health', () => {
    interface System {
      readonly overall: string;
      readonly components: Checks;
    }

    const system = async (): Promise<System> => {
      const answer = await api.get<System>('/api/admin/system/health');
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
      return answer.body;
    };

    beforeEach(async () => {
      api = await startOperationsApi(database.url, {}, [MailerModule]);
      await api.app.get(DatabaseConnector).whenConnected();
      await database.query(
        `UPDATE zakops.worker_leases SET owner = 'host/1/abc', acquired_at = '2026-01-31T12:00:00Z', heartbeat_at = now(), expires_at = now() + interval '1 hour'`,
      );
      // The streams are up once they know where the log ends.
      await waitFor('every component', async () => (await system()).overall === 'healthy');
    });

    it('notices entries that nobody chains, a gap in the chain, and a chain that takes any link', async () => {
      const chain = async (): Promise<unknown> => (await system()).components['audit_chain'];
      await database.query(
        `WITH e AS (INSERT INTO zakops.audit_log (id, occurred_at, actor_type, actor_id, action, resource_type, resource_id)
                    VALUES ('00000000-0000-7000-8000-000000000001', now() - interval '90 seconds', 'user', 'a', 'deal.updated', 'deal', 'D-0'))
         INSERT INTO zakops.audit_pending VALUES ('00000000-0000-7000-8000-000000000001')`,
      );
      expect(await chain()).toMatchObject({
        state: 'degraded',
        reason: expect.stringMatching(/^The oldest of 1 audit entries has waited for \d+ s/),
      });
      await database.query('DELETE FROM zakops.audit_pending');
      await database.query('ALTER TABLE zakops.audit_chain DISABLE TRIGGER audit_chain_continuity');
      await database.query(
        `INSERT INTO zakops.audit_chain
         SELECT n, gen_random_uuid(), decode(repeat('0', 64), 'hex'), decode(repeat('0', 64), 'hex'), now() FROM unnest(ARRAY[1, 9007199254740991]) AS n`,
      );
      expect(await chain()).toMatchObject({
        state: 'degraded',
        reason: expect.stringMatching(
          /^Links are missing near the end of the audit chain\. The database takes links that do not follow the last one/,
        ),
      });
    });

    it('is healthy when every component is up, and links each to the runbook', async () => {
      expect(await system()).toEqual({
        overall: 'healthy',
        components: {
          audit_chain: {
            state: 'up',
            since: expect.stringMatching(/Z$/),
            reason: null,
            runbook: 'docs/deployment-runbook.md#audit-chain-stops',
            pending: 0,
            oldest_pending_age_seconds: null,
          },
          database: {
            state: 'up',
            since: expect.stringMatching(/Z$/),
            reason: null,
            runbook: 'docs/deployment-runbook.md#database-connection-errors',
            response_time_ms: expect.any(Number),
          },
          outbox: {
            state: 'up',
            since: expect.stringMatching(/Z$/),
            reason: null,
            runbook: 'docs/deployment-runbook.md#outbox-not-processing',
            pending: 0,
            dead: 0,
            failing: 0,
            stuck: 0,
            oldest_due_age_seconds: null,
            pauses: [],
          },
          outbox_processor: {
            state: 'up',
            since: '2026-01-31T12:00:00.000Z',
            reason: null,
            runbook: 'docs/deployment-runbook.md#outbox-not-processing',
            owner: 'host/1/abc',
            last_heartbeat_at: expect.stringMatching(/Z$/),
            failing: [],
          },
          mailer: {
            state: 'up',
            since: expect.stringMatching(/Z$/),
            reason: null,
            runbook: 'docs/deployment-runbook.md#outbox-not-processing',
            queued: 3,
          },
          processes: {
            state: 'up',
            since: expect.stringMatching(/Z$/),
            reason: null,
            runbook: 'docs/deployment-runbook.md#update-to-new-version',
            api: 1,
            workers: 0,
            processes: [
              {
                process_id: expect.stringMatching(new RegExp(`/${String(process.pid)}/[0-9a-f]{8}$`)),
                kind: 'api',
                role: null,
                version: PACKAGE_VERSION,
                commit: 'unknown',
                schema_version: NEWEST,
                started_at: expect.stringMatching(/Z$/),
                beat_age_seconds: expect.any(Number),
                alive: true,
              },
            ],
          },
          sse: {
            state: 'up',
            since: expect.stringMatching(/Z$/),
            reason: null,
            runbook: 'docs/deployment-runbook.md#high-memory-usage',
            connections: 0,
            max: 1_000,
          },
        },
      });
    });

    it('says which component is not well, why, and since when', async () => {
      const before = await system();
      await writeTicket(database);
      await writeTicket(database, { status: 'pending', aggregateId: 'DEAL-000002', dueAgo: '2 hours' });
      const stuck = await system();
      expect(stuck.overall).toBe('degraded');
      expect(stuck.components['outbox']).toMatchObject({ state: 'degraded', pending: 1, dead: 1, stuck: 1 });
      expect(stuck.components['outbox']?.['reason']).toContain('1 ticket pending for more than an hour');
      await database.query(`DELETE FROM zakops.outbox_tickets WHERE status = 'pending'`);
      const dead = await system();
      expect(dead.components['outbox']).toMatchObject({ state: 'degraded', reason: '1 dead letter of mailer waits for an operator.' });
      expect(dead.components['outbox']?.['since']).toBe(stuck.components['outbox']?.['since']);
      expect(Date.parse(String(dead.components['outbox']?.['since']))).toBeGreaterThan(
        Date.parse(String(before.components['outbox']?.['since'])),
      );
      await database.query(`UPDATE zakops.worker_leases SET heartbeat_at = '2026-02-01T08:00:00Z', expires_at = '2026-02-01T08:00:10Z'`);
      const gone = await system();
      expect(gone.components['outbox_processor']).toMatchObject({ state: 'down', since: '2026-02-01T08:00:00.000Z' });
      expect(gone.components['outbox']?.['reason']).toContain('No worker is active');
    });

    it('lists every process, and warns of a silent one, of a stuck one and of different versions', async () => {
      const write = (id: string, version: string, beatAge: number, progressAge = beatAge): Promise<unknown> =>
        database.query(
          `INSERT INTO zakops.processes (process_id, kind, role, version, commit, started_at, beat_at, progress_at)
           VALUES ($1, 'outbox-worker', 'standby', $2, 'unknown', now(), now() - $3 * interval '1 s', now() - $4 * interval '1 s')`,
          [id, version, beatAge, progressAge],
        );
      const reason = async (): Promise<unknown> => (await system()).components['processes']?.['reason'];
      try {
        await waitFor('the first heartbeat of the API', async () => (await system()).components['processes']?.['api'] === 1);
        await write('vm1/1/a', PACKAGE_VERSION, 4);
        expect((await system()).components['processes']).toMatchObject({ state: 'up', api: 1, workers: 1 });
        await write('vm2/1/b', '99.0.0', 4);
        expect(await reason()).toBe(
          `Versions differ: ${PACKAGE_VERSION} (unknown) api × 1, ${PACKAGE_VERSION} (unknown) outbox-worker × 1, 99.0.0 (unknown) outbox-worker × 1.`,
        );
        await database.query(`DELETE FROM zakops.processes WHERE process_id = 'vm2/1/b'`);
        await write('vm3/1/c', PACKAGE_VERSION, 1, 21);
        expect(await reason()).toBe('The main loop of outbox-worker vm3/1/c is stuck.');
        await database.query(`UPDATE zakops.processes SET beat_at = now() - interval '60 s' WHERE process_id = 'vm3/1/c'`);
        expect(await reason()).toMatch(/^No heartbeat of outbox-worker vm3\/1\/c for 6\d s\.$/);
        const { workers, processes } = (await system()).components['processes'] as { workers: number; processes: { alive: boolean }[] };
        expect([workers, processes.map(({ alive }) => alive)]).toEqual([1, [true, true, false]]);
        // It is known, or was replaced.
        await database.query(`UPDATE zakops.processes SET beat_at = now() - interval '301 s' WHERE process_id = 'vm3/1/c'`);
        expect((await system()).components['processes']).toMatchObject({ state: 'up', workers: 1 });
      } finally {
        await database.query(`DELETE FROM zakops.processes WHERE process_id LIKE 'vm%'`);
      }
    });

    it('does not wait for a component that does not answer, nor show the insides of one that throws', async () => {
      const mailer = api.app.get(MailerHealth, { strict: false });
      mailer.answer = () => new Promise(() => undefined);
      const silent = await timed(system);
      expect(silent.ms).toBeLessThan(2_500);
      expect(silent.answer.components['mailer']).toMatchObject({ state: 'unknown', reason: 'No answer within 2 s.' });
      mailer.answer = () => {
        throw new Error('password hunter2');
      };
      expect((await system()).components['mailer']).toMatchObject({ state: 'unknown', reason: 'The check failed; the log says why.' });
    });
  });
});
