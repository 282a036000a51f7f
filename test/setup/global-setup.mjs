import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const TEMPLATE = 'zakops_template';
const MIGRATION_ROLE = 'zakops_migration';
const RUNTIME_ROLE = 'zakops_runtime';
// The server listens on 127.0.0.1 only and is gone after the run.
const PASSWORD = 'of-a-test-run';
const MEMORY = '/dev/shm';
// The longest suites leave a third of it.
const ROOM_BYTES = 4 * 2 ** 30;

/**
 * Starts one embedded PostgreSQL for the run and migrates a template in it, of which every test clones its own database.
 * The template belongs to a role without any other right, as in production, and processes connect as the run-time role.
 * Imports the built code, because the real processes of the e2e tests run that too: `npm test` builds first.
 */
export default async function globalSetup() {
  if (process.env.ZAKOPS_TEST_DATABASE === 'none') return;
  const [{ EmbeddedPostgres }, { grantRuntimeRole, migrate }, { MIGRATIONS }, { RUNTIME_GRANTS }] = await Promise.all([
    import('../../dist/libs/embedded-postgres/src/index.js'),
    import('../../dist/libs/database/src/index.js'),
    import('../../dist/migrations/index.js'),
    import('../../dist/migrations/runtime-grants.js'),
  ]);
  const parent = await parentOfFolders();
  await removeFoldersOfKilledRuns(parent);
  process.env.ZAKOPS_TEST_FOLDER = parent;
  const server = await EmbeddedPostgres.start({
    dataDir: await mkdtemp(join(parent, `zakops-test-${process.pid}-`)),
    // A test's database need not survive a power cut; a killed server still recovers.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300', shared_buffers: '128MB' },
  });
  globalThis.zakopsTestServer = server;
  const { default: pg } = await import('pg');
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  for (const role of [MIGRATION_ROLE, RUNTIME_ROLE]) await admin.query(`CREATE ROLE ${role} LOGIN PASSWORD '${PASSWORD}'`);
  await admin.query(`CREATE DATABASE ${TEMPLATE} OWNER ${MIGRATION_ROLE}`);
  await admin.end();
  const url = new URL(server.url);
  url.pathname = `/${TEMPLATE}`;
  url.username = MIGRATION_ROLE;
  url.password = PASSWORD;
  await migrate(url.href, MIGRATIONS);
  await grantRuntimeRole(url.href, RUNTIME_ROLE, RUNTIME_GRANTS);
  await openTablesOfTests(url.pathname, server.url, pg);
  process.env.ZAKOPS_TEST_DATABASE_URL = server.url;
  process.env.ZAKOPS_TEST_RUNTIME_USER = `${RUNTIME_ROLE}:${PASSWORD}`;
  process.env.ZAKOPS_TEST_TEMPLATE = TEMPLATE;
}

/** What a test makes for itself is made by the superuser: in schema public, where the run-time role looks too, and open to it. */
async function openTablesOfTests(pathname, serverUrl, pg) {
  const url = new URL(serverUrl);
  url.pathname = pathname;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query(`
    ALTER ROLE CURRENT_USER SET search_path = public;
    ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO ${RUNTIME_ROLE};
    ALTER DEFAULT PRIVILEGES GRANT ALL ON SEQUENCES TO ${RUNTIME_ROLE}`);
  await client.end();
}

/** Memory, where there is room and programs may run: to make a database takes ten times as long on some disks. */
async function parentOfFolders() {
  const { bavail, bsize } = await statfs(MEMORY).catch(() => ({ bavail: 0, bsize: 0 }));
  const forbidsPrograms = /^\S+ \/dev\/shm .*\bnoexec\b/m.test(await readFile('/proc/mounts', 'utf8').catch(() => ''));
  return bavail * bsize > ROOM_BYTES && !forbidsPrograms ? MEMORY : tmpdir();
}

async function removeFoldersOfKilledRuns(parent) {
  for (const name of await readdir(parent)) {
    const pid = /^zakops-test-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await rm(join(parent, name), { recursive: true, force: true });
  }
}
