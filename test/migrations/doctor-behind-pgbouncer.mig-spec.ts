import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, runCliJson } from '../../apps/cli/test/run-cli.js';
import { startPgbouncer } from './pgbouncer.js';

interface Report {
  readonly checks: readonly {
    readonly id: string;
    readonly state: string;
    readonly detail: string;
    readonly figures: Readonly<Record<string, unknown>>;
  }[];
}

describe('zakops doctor and poolers', () => {
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'zakops-doctor-'));
    server = await EmbeddedPostgres.start({ dataDir, settings: { fsync: 'off' } });
    expect((await runCli(server.url, ['migrate'])).code).toBe(0);
  }, 120_000);

  afterAll(async () => {
    await server.stop();
    await rm(server.dataDir, { recursive: true, force: true });
  });

  const poolerOf = async (url: string, env: Readonly<Record<string, string>> = {}): Promise<Report['checks'][number] | undefined> =>
    (await runCliJson<Report>(url, ['doctor'], { env })).checks.find(({ id }) => id === 'database.pooler');

  it('sees one in transaction mode, also when nobody else is connected, and that notices do not come', async () => {
    const pooler = await startPgbouncer(server.url);
    try {
      expect(await poolerOf(pooler.url)).toMatchObject({
        state: 'ok',
        detail: expect.stringMatching(/^A pooler in transaction mode\. It works: processes look for events/) as string,
        figures: { mode: 'transaction', notices: false },
      });
      expect(await poolerOf(pooler.url, { OUTBOX_WAKE: 'listen' })).toMatchObject({
        state: 'warning',
        detail: expect.stringContaining('notices never arrive, but OUTBOX_WAKE is listen') as string,
      });
    } finally {
      await pooler.stop();
    }
  });

  it('sees one in session mode, and that everything works behind it', async () => {
    const pooler = await startPgbouncer(server.url, 'session');
    try {
      expect(await poolerOf(pooler.url)).toMatchObject({
        state: 'ok',
        detail: 'A pooler in session mode; notices arrive, so events are delivered at once.',
        figures: { mode: 'session', notices: true, prepared_statements: true },
      });
    } finally {
      await pooler.stop();
    }
  });
});
