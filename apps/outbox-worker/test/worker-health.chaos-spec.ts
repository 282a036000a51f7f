import { HeartbeatFile } from '#zakops/processes';
import { createTestDatabase, spawnWorker, waitFor } from '#zakops/testing';
import type { SpawnedApp, TestDatabase } from '#zakops/testing';
import { FRESH_FOR_SECONDS, WorkerHealthCheck } from '#zakops/worker-health';
import type { WorkerHealth } from '#zakops/worker-health';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { OutboxTestbed } from '../../../libs/outbox/test/outbox-testbed.js';
import { Publisher } from '../../../libs/outbox/src/publish/publisher.js';

const NOTICED_WITHIN_MS = 30_000;
// One heartbeat, and a look at it.
const BACK_WITHIN_MS = 10_000;

describe('the health of a worker', () => {
  let database: TestDatabase;
  let workers: SpawnedApp[];
  let folder: string;

  beforeEach(async () => {
    workers = [];
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'worker-health-'));
  });
  afterEach(async () => {
    await Promise.all(
      workers.filter(({ process }) => process.exitCode === null && process.signalCode === null).map((worker) => worker.stop('SIGKILL')),
    );
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const fileOf = (host: string): string => join(folder, host);
  /** What the probe of its container says. */
  const probe = (host: string): Promise<0 | 1> => runProbe(fileOf(host));
  const start = async (host: string, active = true): Promise<SpawnedApp> => {
    const worker = await spawnWorker(database.url, { HOSTNAME: host, WORKER_HEARTBEAT_FILE: fileOf(host) }, active);
    workers.push(worker);
    return worker;
  };
  const health = (host: string): Promise<WorkerHealth> => new WorkerHealthCheck({ databaseUrl: database.url, host }).check();
  const statusWithin = (host: string, status: WorkerHealth['status'], limitMs: number): Promise<WorkerHealth> =>
    waitFor(
      `${host} to be ${status}`,
      async () => {
        const found = await health(host);
        return found.status === status && found;
      },
      limitMs,
    );

  it('is lost within 30 s of a blocked event loop and comes back with it; an active and a standby worker are judged each by itself', async () => {
    const [active] = [await start('vm1'), await start('vm2', false)];
    await waitFor('the active role', async () => (await health('vm1')).worker?.role === 'active', BACK_WITHIN_MS);
    expect(await health('vm1')).toMatchObject({ healthy: true, status: 'working' });
    expect(await statusWithin('vm2', 'working', BACK_WITHIN_MS)).toMatchObject({ healthy: true, worker: { role: 'standby' } });

    // Whatever blocks a loop, its timers do not fire; a stopped process is the purest form of it.
    active.process.kill('SIGSTOP');
    expect(await statusWithin('vm1', 'blocked', NOTICED_WITHIN_MS)).toMatchObject({ healthy: false });
    await waitFor('the probe to notice', async () => (await probe('vm1')) === 1, NOTICED_WITHIN_MS);
    expect(await probe('vm2')).toBe(0);
    expect(await statusWithin('vm2', 'working', BACK_WITHIN_MS)).toMatchObject({ worker: { role: 'active' } });

    active.process.kill('SIGCONT');
    await statusWithin('vm1', 'working', BACK_WITHIN_MS);
    await waitFor('the probe to pass', async () => (await probe('vm1')) === 0, BACK_WITHIN_MS);
    await waitFor('the standby role', async () => (await health('vm1')).worker?.role === 'standby', BACK_WITHIN_MS);
  }, 90_000);

  it('is lost when it is killed, and is that of the next start from its first heartbeat on', async () => {
    const first = await start('vm1');
    const before = await statusWithin('vm1', 'working', BACK_WITHIN_MS);
    await first.stop('SIGKILL');
    expect((await statusWithin('vm1', 'blocked', NOTICED_WITHIN_MS)).reason).toContain('or the process is gone');
    await start('vm1', false);
    const after = await statusWithin('vm1', 'working', BACK_WITHIN_MS);
    expect(after.worker?.processId).not.toBe(before.worker?.processId);
  }, 90_000);

  it('is not doubted while the database is away, however long, and is found again when it is back', async () => {
    const worker = await start('vm1');
    await statusWithin('vm1', 'working', BACK_WITHIN_MS);
    const url = new URL(database.ownerUrl);
    const name = url.pathname.slice(1);
    url.pathname = '/postgres';
    const server = new pg.Client({ connectionString: url.href });
    await server.connect();
    try {
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      // Longer than a heartbeat counts as fresh.
      const until = Date.now() + (FRESH_FOR_SECONDS + 5) * 1_000;
      const seen = new Set<string>();
      while (Date.now() < until) {
        const { healthy, status, reason } = await health('vm1');
        seen.add(`${String(healthy)} ${status} ${reason.split(' (', 1)[0] ?? ''}, probe ${String(await probe('vm1'))}`);
        await sleep(500);
      }
      expect([...seen]).toEqual([`true unknown database unreachable: not the worker's fault, probe 0`]);
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await statusWithin('vm1', 'working', BACK_WITHIN_MS);
      expect(worker.process.exitCode).toBeNull();
    } finally {
      await server.end();
    }
  }, 90_000);

  it('leaves no row behind when it stops in order', async () => {
    const worker = await start('vm1');
    await statusWithin('vm1', 'working', BACK_WITHIN_MS);
    expect(await probe('vm1')).toBe(0);
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
    expect(await probe('vm1')).toBe(1);
    expect(await database.query('SELECT process_id FROM zakops.processes')).toEqual([]);
    expect(await health('vm1')).toMatchObject({ healthy: false, status: 'missing' });
  }, 60_000);
});

describe('a relay that is stuck', () => {
  it('is noticed within 30 s although its event loop turns and it keeps its lease, and nobody minds once it goes on', async () => {
    const bed = await OutboxTestbed.create();
    const folder = await mkdtemp(join(tmpdir(), 'worker-health-'));
    const file = join(folder, 'heartbeat');
    try {
      const worker = await bed.start({ relay: true, env: { HOSTNAME: 'vm1', WORKER_HEARTBEAT_FILE: file } });
      await worker.get(HeartbeatFile).begin();
      const check = new WorkerHealthCheck({ databaseUrl: bed.database.url, host: 'vm1' });
      await waitFor('the first heartbeat as the active one', async () => (await check.check()).worker?.role === 'active', BACK_WITHIN_MS);

      let goOn: (() => void) | undefined;
      jest.spyOn(worker.get(Publisher), 'publish').mockReturnValueOnce(
        new Promise((_resolve, reject) => {
          goOn = () => {
            reject(new Error('The connection is gone.'));
          };
        }),
      );
      const stuck = await waitFor(
        'the stuck loop',
        async () => {
          const found = await check.check();
          return !found.healthy && found;
        },
        NOTICED_WITHIN_MS,
      );
      expect(stuck).toMatchObject({ status: 'stuck', worker: { role: 'active' } });
      expect(stuck.worker?.beatAgeSeconds).toBeLessThan(10);
      await waitFor('the probe to notice', async () => (await runProbe(file)) === 1, NOTICED_WITHIN_MS);

      goOn?.();
      await waitFor('the healthy loop', async () => (await check.check()).healthy, BACK_WITHIN_MS);
      await waitFor('the probe to pass', async () => (await runProbe(file)) === 0, BACK_WITHIN_MS);
    } finally {
      await bed.dispose();
      await rm(folder, { recursive: true });
    }
  }, 90_000);
});

/** The exit code of the probe that containers of a worker have. */
async function runProbe(file: string): Promise<0 | 1> {
  const child = spawn('sh', ['docker/bin/zakops-health.sh', '--worker'], {
    env: { PATH: process.env['PATH'], WORKER_HEARTBEAT_FILE: file },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number];
  return code === 0 ? 0 : 1;
}
