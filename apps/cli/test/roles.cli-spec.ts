import { createTestDatabase, spawnApp, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { RUNTIME_GRANTS } from '../../../migrations/runtime-grants.js';

const DENIED = '42501';

let database: TestDatabase;
let runtime: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  runtime = new pg.Client({ connectionString: database.url });
  await runtime.connect();
});
afterAll(async () => {
  await runtime.end();
  await database.drop();
});

/** The SQLSTATE that the run-time role gets, or undefined when the statement passed. */
async function stateOf(sql: string): Promise<string | undefined> {
  await runtime.query('BEGIN');
  try {
    await runtime.query(sql);
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await runtime.query('ROLLBACK');
  }
}

async function cli(databaseUrl: string, ...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const app = spawnApp('cli', { DATABASE_URL: databaseUrl }, args);
  if (app.process.exitCode === null) await once(app.process, 'exit');
  await waitFor('its words', () => app.lines.length > 0);
  return { code: app.process.exitCode, output: app.lines.join('\n') };
}

describe('the run-time role', () => {
  it('has its line for every table and sequence of the schema, and no other', async () => {
    const rows = await database.query<{ kind: string; name: string }>(
      `SELECT relkind AS kind, relname AS name FROM pg_class c
        WHERE relnamespace = 'zakops'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
          -- The sequence of an identity column needs no right of its own; that of TypeORM's table is for migrations.
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i') AND relname <> 'migrations_id_seq'
        ORDER BY 2`,
    );
    const names = (isSequence: boolean): string[] => rows.filter(({ kind }) => (kind === 'S') === isSequence).map(({ name }) => name);
    expect(names(false)).toEqual(Object.keys(RUNTIME_GRANTS.tables).sort());
    expect(names(true)).toEqual([...RUNTIME_GRANTS.sequences].sort());
  });

  it('holds exactly the listed rights', async () => {
    const rows = await database.query<{ name: string; privileges: string[] }>(
      `SELECT table_name AS name, array_agg(privilege_type::text ORDER BY privilege_type::text) AS privileges
         FROM information_schema.role_table_grants WHERE table_schema = 'zakops' AND grantee = $1 GROUP BY 1`,
      [new URL(database.url).username],
    );
    expect(Object.fromEntries(rows.map(({ name, privileges }) => [name, privileges]))).toEqual(
      Object.fromEntries(Object.entries(RUNTIME_GRANTS.tables).map(([name, privileges]) => [name, [...privileges].sort()])),
    );
  });

  it('may call the functions that run with rights of their owner only by their line', async () => {
    const rows = await database.query<{ name: string; everybody: boolean; granted: boolean }>(
      `SELECT p.oid::regprocedure::text AS name,
              EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee = 0) AS everybody,
              has_function_privilege($1, p.oid, 'EXECUTE') AS granted
         FROM pg_proc p WHERE p.pronamespace = 'zakops'::regnamespace AND p.prosecdef`,
      [new URL(database.url).username],
    );
    expect(rows.map(({ name, everybody, granted }) => ({ name, everybody, granted }))).toEqual(
      RUNTIME_GRANTS.functions.map((name) => ({ name: `zakops.${name.replaceAll(', ', ',')}`, everybody: false, granted: true })),
    );
  });

  it.each([
    'CREATE TABLE zakops.mine ()',
    'CREATE TABLE public.mine ()',
    'CREATE SCHEMA mine',
    'ALTER TABLE zakops.deals ADD COLUMN mine text',
    'DROP TABLE zakops.deals',
    'TRUNCATE zakops.outbox_tickets',
    'CREATE INDEX ON zakops.deals (stage)',
    'ALTER TABLE zakops.audit_log DISABLE TRIGGER ALL',
    'DROP TRIGGER audit_log_append_only ON zakops.audit_log',
    'ALTER TABLE zakops.audit_chain DISABLE TRIGGER audit_chain_continuity',
    'DROP FUNCTION zakops.check_audit_link() CASCADE',
    'CREATE OR REPLACE FUNCTION zakops.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
    `SET session_replication_role = 'replica'`,
    'CREATE ROLE mine',
    `COPY (SELECT 1) TO PROGRAM 'true'`,
    `SELECT pg_read_file('/etc/passwd')`,
  ])('cannot %s', async (sql) => {
    expect(await stateOf(sql)).toBe(DENIED);
  });

  it.each(['events', 'event_log', 'audit_log', 'audit_chain', 'audit_anchors', 'deal_stage_history', 'deal_activity', 'dlq_operations'])(
    'cannot change, remove or lock rows of %s',
    async (table) => {
      const [column] = await database.query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute WHERE attrelid = ('zakops.' || $1)::regclass AND attnum = 1`,
        [table],
      );
      const name = column?.name ?? '';
      expect(await stateOf(`UPDATE zakops.${table} SET ${name} = DEFAULT`)).toBe(DENIED);
      expect(await stateOf(`DELETE FROM zakops.${table}`)).toBe(DENIED);
      expect(await stateOf(`SELECT 1 FROM zakops.${table} FOR UPDATE`)).toBe(DENIED);
      expect(await stateOf(`SELECT 1 FROM zakops.${table}`)).toBeUndefined();
    },
  );

  it('cannot remove deals, operators or API keys', async () => {
    for (const table of ['deals', 'operators', 'api_keys']) expect(await stateOf(`DELETE FROM zakops.${table}`)).toBe(DENIED);
  });
});

describe('zakops roles grant', () => {
  let role: string;
  let owner: { name: string; url: string };
  let fresh: TestDatabase;

  beforeEach(async () => {
    fresh = await createTestDatabase({ empty: true });
    const suffix = randomBytes(4).toString('hex');
    role = `run-time "${suffix}"`;
    owner = { name: `owner_${suffix}`, url: '' };
    await fresh.query(`CREATE ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD 'x'`);
    await fresh.query(`CREATE ROLE ${owner.name} LOGIN PASSWORD 'x'`);
    await fresh.query(`GRANT CREATE ON DATABASE ${new URL(fresh.url).pathname.slice(1)} TO ${owner.name}`);
    const url = new URL(fresh.ownerUrl);
    url.username = owner.name;
    url.password = 'x';
    owner.url = url.href;
    expect((await cli(owner.url, 'migrate')).output).toContain('migrations applied');
  });
  afterEach(async () => {
    for (const name of [owner.name, role]) {
      await fresh.query(`DROP OWNED BY ${pg.escapeIdentifier(name)} CASCADE`);
      await fresh.query(`DROP ROLE ${pg.escapeIdentifier(name)}`);
    }
    await fresh.drop();
  });

  async function may(privilege: string, table: string): Promise<boolean> {
    const [row] = await fresh.query<{ may: boolean }>(`SELECT has_table_privilege($1, 'zakops.' || $2, $3) AS may`, [
      role,
      table,
      privilege,
    ]);
    return row?.may === true;
  }

  it('grants what the list says, takes away what was given by hand, and can be repeated', async () => {
    await fresh.query(`GRANT ALL ON ALL TABLES IN SCHEMA zakops TO ${pg.escapeIdentifier(role)}`);
    for (let time = 1; time <= 2; time += 1) {
      expect(await cli(owner.url, 'roles', 'grant', '--role', role)).toEqual({
        code: 0,
        output: `${role} may read and write what API and worker need, and change nothing else`,
      });
      expect(await may('INSERT', 'audit_log')).toBe(true);
      expect(await may('UPDATE', 'audit_log')).toBe(false);
      expect(await may('TRUNCATE', 'outbox')).toBe(false);
    }
  });

  it('opens tables that come later at once, and migrate narrows them to the list', async () => {
    await cli(owner.url, 'roles', 'grant', '--role', role);
    // As a migration would: by the owner.
    const client = new pg.Client({ connectionString: owner.url });
    await client.connect();
    await client.query('CREATE TABLE zakops.later (); ALTER TABLE zakops.deal_activity RENAME TO elsewhere');
    await client.query('CREATE TABLE zakops.deal_activity ()');
    await client.end();
    expect([await may('INSERT', 'later'), await may('DELETE', 'deal_activity')]).toEqual([true, true]);

    expect((await cli(owner.url, 'migrate')).output).toContain(`renewed the rights of ${role}`);
    expect([await may('INSERT', 'deal_activity'), await may('DELETE', 'deal_activity')]).toEqual([true, false]);
  });

  it.each([
    ['is not there', () => 'nobody-of-that-name', 'does not exist'],
    ['is a superuser', () => new URL(fresh.ownerUrl).username, 'is a superuser'],
    ['owns the schema', () => owner.name, 'owns the schema'],
  ])('refuses a role that %s', async (_what, name, words) => {
    const { code, output } = await cli(owner.url, 'roles', 'grant', '--role', name());
    expect(code).toBe(1);
    expect(output).toContain(words);
    expect(output.split('\n')).toHaveLength(1);
  });

  it('keeps what a newer version gave it when this version migrates, as after going back', async () => {
    const newer = await createTestDatabase();
    const owner = new pg.Client({ connectionString: newer.ownerUrl });
    await owner.connect();
    try {
      await owner.query('CREATE TABLE zakops.of_a_newer_version (id int)');
      await owner.query(`INSERT INTO zakops.migrations (timestamp, name) VALUES (9999999999999, 'OfANewerVersion9999999999999')`);
      const { code, output } = await cli(newer.ownerUrl, 'migrate');
      expect(output).toBe(
        'the schema is up to date\nthe schema is of a newer version (OfANewerVersion9999999999999): the rights of run-time roles are left as they are',
      );
      expect(code).toBe(0);
      const [row] = await newer.query<{ may: boolean }>(`SELECT has_table_privilege($1, 'zakops.of_a_newer_version', 'INSERT') AS may`, [
        new URL(newer.url).username,
      ]);
      expect(row?.may).toBe(true);
    } finally {
      await owner.end();
      await newer.drop();
    }
  });
});
