import { migrate } from '#zakops/database';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MIGRATIONS } from '../../migrations/index.js';
import { breachesOf, exceptionsIn } from './support/expand-contract.js';
import type { Breach } from './support/expand-contract.js';
import { Release } from './support/release.js';
import { shapeOf } from './support/schema-shape.js';
import type { Described } from './support/schema-shape.js';
import { query, Server } from './support/server.js';

/** One row, or a handful, always. */
const SMALL_TABLES = new Set([
  'event_log_head',
  'worker_leases',
  'consumer_progress',
  'adoption_report',
  'log_level_overrides',
  'processes',
]);

interface Schema {
  readonly shape: readonly Described[];
  readonly files: ReadonlyMap<string, string>;
}

jest.setTimeout(180_000);

let server: Server;
let previous: Release;
beforeAll(async () => {
  [server, previous] = await Promise.all([Server.start(), Release.previous()]);
});
afterAll(() => Promise.all([server.stop(), previous.remove()]));

async function schemaOf(url: string): Promise<Schema> {
  const files = await query<{ name: string; file: string }>(
    url,
    `SELECT relname AS name, pg_relation_filenode(oid)::text AS file FROM pg_class WHERE relnamespace = 'zakops'::regnamespace AND relkind = 'r'`,
  );
  // The list of migrations is the migrator's own, and grows without one.
  const shape = (await shapeOf(url)).filter(({ name }) => !name.startsWith('migrations'));
  return { shape, files: new Map(files.map(({ name, file }) => [name, file])) };
}

function breaches(before: Schema, after: Schema, isConcurrent = false): readonly Breach[] {
  const [filesBefore, filesAfter] = [before.files, after.files];
  return breachesOf({ before: before.shape, after: after.shape, filesBefore, filesAfter, smallTables: SMALL_TABLES, isConcurrent });
}

function sourceOf(migration: string): string {
  const sources = readdirSync('migrations').map((file) => readFileSync(join('migrations', file), 'utf8'));
  return sources.find((source) => source.includes(`class ${migration} `)) ?? '';
}

describe('every migration since the previous release', () => {
  it('takes nothing away that the previous release uses, demands nothing of it, and locks no large table for long', async () => {
    const url = await server.createDatabase();
    await previous.migrate(url);
    const applied = await query<{ name: string }>(url, 'SELECT name FROM zakops.migrations');
    const old = new Set(applied.map(({ name }) => name));
    // A migration of a release is never changed or left out again: a database that has it would not get the change.
    expect(MIGRATIONS.slice(0, old.size).map(({ name }) => name)).toEqual([...old]);

    let before = await schemaOf(url);
    for (let count = old.size + 1; count <= MIGRATIONS.length; count += 1) {
      const Migration = MIGRATIONS[count - 1];
      if (Migration === undefined) break;
      expect((await migrate(url, MIGRATIONS.slice(0, count))).applied).toEqual([Migration.name]);
      const after = await schemaOf(url);
      const found = breaches(before, after, new Migration().transaction === false);
      const excepted = exceptionsIn(sourceOf(Migration.name));
      expect({ migration: Migration.name, breaches: found }).toEqual({
        migration: Migration.name,
        breaches: excepted.map(({ rule, name }) => ({ rule, name })),
      });
      for (const { reason } of excepted) expect(reason.length).toBeGreaterThan(20);
      before = after;
    }
  });
});

const AS_VIEW = `
  ALTER TABLE zakops.adoption_report RENAME TO adoption_reports;
  CREATE VIEW zakops.adoption_report AS SELECT * FROM zakops.adoption_reports;`;
const writableOn = (writes: string): string => `
  CREATE FUNCTION zakops.take() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
  CREATE TRIGGER take INSTEAD OF ${writes} ON zakops.adoption_report FOR EACH ROW EXECUTE FUNCTION zakops.take();`;

describe('the rule itself', () => {
  let template: string;
  beforeAll(async () => {
    template = await server.createDatabase();
    await migrate(template, MIGRATIONS);
  });

  const breachesBy = async (sql: string, isConcurrent = false): Promise<readonly Breach[]> => {
    const url = await server.copyOf(template);
    const before = await schemaOf(url);
    await query(url, sql);
    return breaches(before, await schemaOf(url), isConcurrent);
  };

  it.each<[string, string, readonly Breach[]]>([
    ['a table is dropped', 'DROP TABLE zakops.adoption_report', expect.arrayContaining([{ rule: 'removed', name: 'adoption_report' }])],
    ['a column is renamed', 'ALTER TABLE zakops.deals RENAME COLUMN broker TO brokers', [{ rule: 'removed', name: 'deals.broker' }]],
    ['a function is dropped', 'DROP FUNCTION zakops.next_deal_id()', [{ rule: 'removed', name: 'next_deal_id()' }]],
    [
      'a type is changed, which writes the table again',
      'ALTER TABLE zakops.outbox_attempts ALTER COLUMN attempt TYPE integer',
      [
        { rule: 'type-changed', name: 'outbox_attempts.attempt' },
        { rule: 'rewritten', name: 'outbox_attempts' },
      ],
    ],
    [
      'a column is added that must be given',
      'ALTER TABLE zakops.deals ADD COLUMN owner text NOT NULL',
      [{ rule: 'not-null', name: 'deals.owner' }],
    ],
    [
      'a column must be given from now on',
      'ALTER TABLE zakops.deals ALTER COLUMN display_name SET NOT NULL',
      [{ rule: 'not-null', name: 'deals.display_name' }],
    ],
    [
      'a default is taken away',
      'ALTER TABLE zakops.outbox_waiting ALTER COLUMN ordinal DROP DEFAULT',
      [{ rule: 'not-null', name: 'outbox_waiting.ordinal' }],
    ],
    [
      'a constraint is added',
      `ALTER TABLE zakops.deals ADD CONSTRAINT deals_short_check CHECK (length(canonical_name) < 10)`,
      [{ rule: 'constraint-added', name: 'deals.deals_short_check' }],
    ],
    [
      'an index is built on a large table while nobody may write',
      'CREATE INDEX events_probe_idx ON zakops.events (type)',
      [{ rule: 'index-locks', name: 'events.events_probe_idx' }],
    ],
    [
      'a unique index goes, which the version before may name in ON CONFLICT',
      'DROP INDEX zakops.event_log_event_idx',
      [{ rule: 'removed', name: 'event_log.event_log_event_idx' }],
    ],
    [
      'every row is written again',
      'ALTER TABLE zakops.events ADD COLUMN luck double precision DEFAULT random()',
      [{ rule: 'rewritten', name: 'events' }],
    ],
    [
      'a table becomes a view that cannot be written in every way',
      AS_VIEW + writableOn('INSERT OR UPDATE'),
      [
        { rule: 'removed', name: 'adoption_report.adoption_report_pk' },
        { rule: 'not-writable', name: 'adoption_report' },
      ],
    ],
    [
      'a table becomes a view that takes every write, but for ON CONFLICT',
      AS_VIEW + writableOn('INSERT OR UPDATE OR DELETE'),
      [{ rule: 'removed', name: 'adoption_report.adoption_report_pk' }],
    ],
  ])('is broken when %s', async (_what, sql, expected) => {
    expect(await breachesBy(sql)).toEqual(expected);
  });

  it.each([
    ['a table', 'CREATE TABLE zakops.notes (id int PRIMARY KEY, text text NOT NULL); CREATE INDEX ON zakops.notes (text)'],
    ['a column that may be empty', 'ALTER TABLE zakops.deals ADD COLUMN owner text'],
    ['a column with a default', `ALTER TABLE zakops.deals ADD COLUMN owner text NOT NULL DEFAULT 'nobody'`],
    ['an index to go that only makes reading fast', 'DROP INDEX zakops.events_correlation_idx'],
    ['an index on a table of one row', 'CREATE INDEX ON zakops.event_log_head (epoch)'],
    ['a column that need not be given any more', 'ALTER TABLE zakops.deals ALTER COLUMN canonical_name DROP NOT NULL'],
  ])('allows %s', async (_what, sql) => {
    expect(await breachesBy(sql)).toEqual([]);
  });

  it('allows an index that is built while others write', async () => {
    expect(await breachesBy('CREATE INDEX CONCURRENTLY events_probe_idx ON zakops.events (type)', true)).toEqual([]);
  });

  it('takes an exception that says why', () => {
    const source = `
      // expand-contract: removed deals.broker: nothing has read it since 0.3.0, which was two releases ago
      await runner.query('ALTER TABLE zakops.deals DROP COLUMN broker');`;
    expect(exceptionsIn(source)).toEqual([
      { rule: 'removed', name: 'deals.broker', reason: 'nothing has read it since 0.3.0, which was two releases ago' },
    ]);
  });
});
