import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { MIGRATIONS } from '../../../migrations/index.js';
import { runCli, runCliJson } from './run-cli.js';
import { runOnTerminal } from './run-on-terminal.js';

interface Status {
  readonly up_to_date: boolean;
  readonly migrations: readonly { readonly name: string; readonly state: string; readonly applied_at: string | null }[];
}

interface Rehearsal {
  readonly changed: boolean;
  readonly adopts_original: boolean;
  readonly migrations: readonly { readonly name: string; readonly statements: readonly string[] | null }[];
}

const NAMES = MIGRATIONS.map(({ name }) => name);
const LAST = NAMES.at(-1) ?? '';

describe('zakops migrate --status', () => {
  let database: TestDatabase;

  afterEach(async () => {
    await database.drop();
  });

  it('says that everything is pending in an empty database, ends with 2, and leaves nothing behind', async () => {
    database = await createTestDatabase({ empty: true });
    const status = await runCliJson<Status>(database.url, ['migrate', '--status']);
    expect(status).toEqual({ code: 2, up_to_date: false, migrations: NAMES.map((name) => ({ name, state: 'pending', applied_at: null })) });
    expect(await database.query(`SELECT to_regnamespace('zakops') AS schema`)).toEqual([{ schema: null }]);
  });

  it('says since when each is applied, for the role that processes run with too', async () => {
    database = await createTestDatabase();
    const { code, up_to_date, migrations } = await runCliJson<Status>(database.url, ['migrate', '--status', '--json']);
    expect([code, up_to_date, migrations.map(({ name, state }) => [name, state])]).toEqual([
      0,
      true,
      NAMES.map((name) => [name, 'applied']),
    ]);
    for (const { applied_at } of migrations) expect(applied_at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });

  it('does not know when an older version applied them, and writes down what comes from then on', async () => {
    database = await createTestDatabase({ empty: true });
    await runCli(database.url, ['migrate']);
    // As the first release left it, but for its last migration.
    await database.query('ALTER TABLE zakops.migrations DROP COLUMN applied_at');
    const before = await runCliJson<Status>(database.url, ['migrate', '--status']);
    expect([before.code, ...before.migrations.map(({ applied_at }) => applied_at)]).toEqual([0, ...NAMES.map(() => null)]);

    await runCli(database.url, ['migrate']);
    await database.query(`INSERT INTO zakops.migrations (timestamp, name) VALUES (9999, 'FromTheFuture0000000009999')`);
    const after = await runCliJson<Status>(database.url, ['migrate', '--status']);
    expect([after.code, after.up_to_date]).toEqual([0, true]);
    expect(after.migrations.slice(0, -1).map(({ applied_at }) => applied_at)).toEqual(NAMES.map(() => null));
    expect(after.migrations.at(-1)).toEqual({
      name: 'FromTheFuture0000000009999',
      state: 'unknown',
      applied_at: expect.stringMatching(/Z$/) as string,
    });
  });

  it('draws a table on a terminal', async () => {
    database = await createTestDatabase();
    const { screen, ended } = runOnTerminal(database.url, ['migrate', '--status']);
    expect(await ended).toBe(0);
    expect(screen()).toMatch(new RegExp(`│ ${LAST} +│ applied │ \\d{4}-`));
    expect(screen()).toMatch(/the schema is up to date\n$/);
  });
});

describe('zakops migrate --dry-run', () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
  });

  afterEach(async () => {
    await database.drop();
  });

  it('shows every statement of every pending migration, and changes nothing', async () => {
    const { code, changed, adopts_original, migrations } = await runCliJson<Rehearsal>(database.url, ['migrate', '--dry-run']);
    expect([code, changed, adopts_original, migrations.map(({ name }) => name)]).toEqual([0, false, false, NAMES]);
    expect(migrations[0]?.statements?.join('\n')).toContain('CREATE TABLE zakops.outbox');
    expect(await database.query(`SELECT to_regnamespace('zakops') AS schema`)).toEqual([{ schema: null }]);

    const { screen, ended } = runOnTerminal(database.url, ['migrate', '--dry-run']);
    expect(await ended).toBe(0);
    // From the first one on that runs outside of a transaction they are named only.
    expect(screen()).toContain(`-- ${LAST}: cannot be rehearsed`);
    expect(screen()).toContain(`-- ${String(NAMES.length)} migrations would run; nothing was changed\n`);
  });

  it('says which migration would fail, and why', async () => {
    await runCli(database.url, ['migrate']);
    // The table of the last but one is there, but its entry is not.
    await database.query(`DELETE FROM zakops.migrations WHERE name = 'CallLimits0000000000008'`);
    const { code, out, error } = await runCli(database.url, ['migrate', '--dry-run']);
    expect([code, out]).toEqual([1, '']);
    expect(error).toMatch(/^migrate failed: CallLimits0000000000008 would fail: relation ".*" already exists\n$/);
  });

  it('gives up soon behind a lock that somebody holds, so that nobody waits behind it for long', async () => {
    await runCli(database.url, ['migrate']);
    await database.query(`DELETE FROM zakops.migrations WHERE name = 'DlqOperations0000000000005'`);
    await database.query('DROP TABLE zakops.dlq_operations CASCADE');
    await database.query('DROP TABLE zakops.dlq_operation_entries CASCADE');
    const holder = await database.connect();
    await holder.query('BEGIN; LOCK TABLE zakops.outbox');
    const begun = performance.now();
    const { code, error } = await runCli(database.url, ['migrate', '--dry-run']);
    expect(performance.now() - begun).toBeLessThan(15_000);
    expect([code, error]).toEqual([
      1,
      expect.stringContaining('DlqOperations0000000000005 would fail: canceling statement due to lock timeout'),
    ]);
    await holder.query('ROLLBACK');
  });

  it('finds a database of the original system, and leaves it as it is', async () => {
    await database.query('CREATE SCHEMA zakops');
    await database.query('CREATE TABLE zakops.deals (deal_id text, canonical_name text)');
    const { adopts_original } = await runCliJson<Rehearsal>(database.url, ['migrate', '--dry-run']);
    expect(adopts_original).toBe(true);
    expect(await database.query(`SELECT to_regnamespace('zakops_legacy') AS moved, to_regclass('zakops.deals')::text AS deals`)).toEqual([
      { moved: null, deals: 'zakops.deals' },
    ]);
  });

  it('cannot be asked for together with --status', async () => {
    const { code, error } = await runCli(database.url, ['migrate', '--status', '--dry-run']);
    expect([code, error]).toEqual([1, "error: option '--status' cannot be used with option '--dry-run'\n"]);
  });
});

describe('MIGRATION_DATABASE_URL', () => {
  const NOWHERE = 'postgresql://nobody@127.0.0.1:1/none';

  it('is the role that migrates, where another one runs', async () => {
    const database = await createTestDatabase({ empty: true });
    const migrated = await runCli(NOWHERE, ['migrate'], { env: { MIGRATION_DATABASE_URL: database.ownerUrl } });
    expect([migrated.code, migrated.out]).toEqual([0, expect.stringContaining(`${String(NAMES.length)} migrations applied`)]);
    const status = await runCli(NOWHERE, ['migrate', '--status', '--json'], { env: { MIGRATION_DATABASE_URL: database.ownerUrl } });
    expect(status.code).toBe(0);
    await database.drop();
  });

  it('is not asked for when it is not set', async () => {
    const { code } = await runCli(NOWHERE, ['migrate']);
    expect(code).toBe(1);
  });
});
