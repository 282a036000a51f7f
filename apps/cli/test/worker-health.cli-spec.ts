import { createTestDatabase, spawnWorker, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { runCli, runCliJson } from './run-cli.js';

interface Health {
  readonly healthy: boolean;
  readonly status: string;
  readonly reason: string;
  readonly worker: { readonly process_id: string; readonly role: string } | null;
}

// What a process has used of the processor when it ends, on its standard error.
const MEASURE = `--import=data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write('CPU ' + (user + system)); });`,
)}`;

describe('zakops worker-health', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await database.drop();
  });

  it('ends with 0 while the worker of the host works, with 1 when it is silent or was never there', async () => {
    const worker = await spawnWorker(database.url, { HOSTNAME: 'worker-1' });
    try {
      await waitFor('its first heartbeat', async () => (await database.query('SELECT FROM zakops.processes')).length === 1);
      const { code, out, error } = await runCli(database.url, ['worker-health'], { env: { HOSTNAME: 'worker-1' } });
      expect([code, error]).toEqual([0, '']);
      expect(out).toMatch(/^healthy \(working\): worker-1\/\d+\/\w+ works as the active one: .*\n$/);
      const elsewhere = await runCliJson<Health>(database.url, ['worker-health', '--host', 'worker-2', '--json']);
      expect(elsewhere).toEqual({
        code: 1,
        healthy: false,
        status: 'missing',
        reason: 'No worker of worker-2 has sent a heartbeat.',
        worker: null,
      });
    } finally {
      await worker.stop('SIGKILL');
    }
    await database.query(`UPDATE zakops.processes SET beat_at = now() - interval '40 seconds'`);
    const silent = await runCliJson<Health>(database.url, ['worker-health', '--host', 'worker-1', '--json']);
    expect(silent).toMatchObject({ code: 1, healthy: false, status: 'blocked', worker: { role: 'active' } });
    expect(silent.worker?.process_id).toMatch(/^worker-1\//);
  });

  it('does not blame the worker for a database that is away', async () => {
    const away = await runCliJson<Health>('postgresql://ann:hidden@127.0.0.1:1/none', ['worker-health', '--json']);
    expect(away).toMatchObject({ code: 0, healthy: true, status: 'unknown', worker: null });
    expect(JSON.stringify(away)).not.toContain('hidden');
  });

  it('uses less than half a second of the processor, because probes ask again and again', async () => {
    const measured: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      const { error } = await runCli(database.url, ['worker-health', '--host', 'x'], { env: { NODE_OPTIONS: MEASURE } });
      measured.push(Number(/CPU (\d+)/.exec(error)?.[1]) / 1e6);
    }
    // The least of three: others may have slowed the processor down.
    expect(Math.min(...measured)).toBeLessThan(0.5);
  });
});
