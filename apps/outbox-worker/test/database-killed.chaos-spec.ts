import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { migrate } from '#zakops/database';
import { spawnApi, spawnWorker, waitFor } from '#zakops/testing';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIGRATIONS } from '../../../migrations/index.js';

describe('a database that dies', () => {
  it('is waited for: liveness stays 200, readiness turns 503 and back, and nothing committed is lost', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'zakops-chaos-'));
    let server = await EmbeddedPostgres.start({ dataDir });
    await migrate(server.url, MIGRATIONS);
    const api = await spawnApi(server.url);
    const worker = await spawnWorker(server.url);
    try {
      const status = async (path: string): Promise<number> => (await fetch(`${api.url}${path}`)).status;
      const open = async (name: string): Promise<Response> =>
        fetch(`${api.url}/api/deals`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ canonical_name: name }),
        });
      for (let n = 0; n < 20; n += 1) expect((await open(`before-${String(n)}`)).status).toBe(201);

      const pidFile = await readFile(join(dataDir, 'cluster/postmaster.pid'), 'utf8');
      process.kill(Number(pidFile.split('\n', 1)[0]), 'SIGKILL');
      await waitFor('readiness to fail', async () => (await status('/api/health/ready')) === 503);
      expect(await status('/health')).toBe(200);
      const refused = await open('meanwhile');
      expect(refused.status).toBe(503);
      expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);

      const { port } = server;
      // It is dead already; this lets go of its folder.
      await server.stop();
      server = await EmbeddedPostgres.start({ dataDir, port });
      await waitFor('readiness', async () => (await status('/api/health/ready')) === 200, 30_000);
      for (let n = 0; n < 20; n += 1) expect((await open(`after-${String(n)}`)).status).toBe(201);
      const deals = (await (await fetch(`${api.url}/api/deals?limit=200`)).json()) as { canonical_name: string }[];
      expect(deals.map((deal) => deal.canonical_name).sort()).toEqual(
        [
          ...Array.from({ length: 20 }, (_, n) => `before-${String(n)}`),
          ...Array.from({ length: 20 }, (_, n) => `after-${String(n)}`),
        ].sort(),
      );
      await waitFor(
        'every event in the log',
        async () => {
          const { events } = (await (await fetch(`${api.url}/api/events/poll?since=0&limit=100`)).json()) as { events: unknown[] };
          return events.length === 40;
        },
        30_000,
      );
    } finally {
      await Promise.all([api.stop('SIGKILL'), worker.stop('SIGKILL')]);
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  }, 120_000);
});
