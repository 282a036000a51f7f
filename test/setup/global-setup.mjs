import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TEMPLATE = 'zakops_template';

/**
 * Starts one embedded PostgreSQL for the run and migrates a template in it, of which every test clones its own database.
 * Imports the built code, because the real processes of the e2e tests run that too: `npm test` builds first.
 */
export default async function globalSetup() {
  if (process.env.ZAKOPS_TEST_DATABASE === 'none') return;
  const [{ EmbeddedPostgres }, { migrate }, { MIGRATIONS }] = await Promise.all([
    import('../../dist/libs/embedded-postgres/src/index.js'),
    import('../../dist/libs/database/src/index.js'),
    import('../../dist/migrations/index.js'),
  ]);
  const server = await EmbeddedPostgres.start({
    dataDir: await mkdtemp(join(tmpdir(), 'zakops-test-')),
    // A test's database need not survive a power cut; a killed server still recovers.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300', shared_buffers: '128MB' },
  });
  globalThis.zakopsTestServer = server;
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${TEMPLATE}`);
  await admin.end();
  const url = new URL(server.url);
  url.pathname = `/${TEMPLATE}`;
  await migrate(url.href, MIGRATIONS);
  process.env.ZAKOPS_TEST_DATABASE_URL = server.url;
  process.env.ZAKOPS_TEST_TEMPLATE = TEMPLATE;
}
