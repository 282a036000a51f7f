import { migrate } from '#zakops/database';
import { createTestDatabase, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { MIGRATIONS } from '../../../migrations/index.js';

const numberOf = (name: string): number => MIGRATIONS.findIndex((migration) => migration.name.startsWith(name));

/** The first portion of the migration is full, and the last deal is in the second one. */
const DEALS = 2_001;
const LAST = `DEAL-00${String(DEALS)}`;

// The source of an odd number is in its event, that of an even one in the activity, and that of each third one nowhere.
const STORED = `
  INSERT INTO zakops.deals (deal_id, canonical_name, stage, status, version)
  SELECT 'DEAL-' || lpad(n::text, 6, '0'), 'plain', 'inbound', 'active', 1 FROM generate_series(1, ${String(DEALS)}) AS n;
  INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
  SELECT gen_random_uuid(), 'deal.created', 1, 'deal', deal_id, 1, '{"source": "by event"}', 'c', 'user:a'
    FROM zakops.deals WHERE right(deal_id, 6)::int % 2 = 1;
  INSERT INTO zakops.deal_activity (id, deal_id, seq, event_type, source, actor, actor_type, details, created_at)
  SELECT gen_random_uuid(), deal_id, 0, 'deal_created', 'by activity', 'a', 'user', '{}', now()
    FROM zakops.deals WHERE right(deal_id, 6)::int % 2 = 0 AND right(deal_id, 6)::int % 3 > 0`;

// The column is not there at first.
const SOURCES = `SELECT to_jsonb(d) ->> 'source' AS source, count(*)::int AS n FROM zakops.deals d GROUP BY 1 ORDER BY 1`;

/** Has the last deal wait for an advisory lock when it is written. A lock of its row would keep the table from being altered. */
const HOLD_LAST = `
  CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock(1);
    RETURN NEW;
  END $$;
  CREATE TRIGGER hold BEFORE UPDATE ON zakops.deals FOR EACH ROW WHEN (NEW.deal_id = '${LAST}') EXECUTE FUNCTION public.hold()`;

/** Notes how each index is built. */
const WATCH_INDEXES = `
  CREATE TABLE public.built (sql text);
  CREATE FUNCTION public.note_index() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO public.built VALUES (current_query());
  END $$;
  CREATE EVENT TRIGGER note_index ON ddl_command_start WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION public.note_index()`;

async function migratedBefore(name: string): Promise<TestDatabase> {
  const database = await createTestDatabase({ empty: true });
  await migrate(database.ownerUrl, MIGRATIONS.slice(0, numberOf(name)));
  return database;
}

describe('the migrations of the deal desk', () => {
  it('give up a table that others hold, so that later statements do not wait behind them', async () => {
    const errors = await Promise.all(
      ['DealLifecycle', 'NotesContactsTimeline', 'Quarantine', 'Pipeline', 'DealImports'].map(async (name) => {
        const database = await migratedBefore(name);
        try {
          const reader = await database.connect();
          await reader.query('BEGIN; LOCK TABLE zakops.deals, zakops.quarantine_items IN ROW EXCLUSIVE MODE');
          return await migrate(database.ownerUrl, MIGRATIONS.slice(0, numberOf(name) + 1)).then(
            () => `${name} took it`,
            (error: unknown) => String(error),
          );
        } finally {
          await database.drop();
        }
      }),
    );
    expect(errors).toEqual(errors.map(() => expect.stringContaining('lock timeout') as string));
  });

  it('fill the source of deals in committed portions, and go on where they were cut off', async () => {
    const database = await migratedBefore('Search');
    try {
      await database.query(STORED);
      await database.query(WATCH_INDEXES);
      await migrate(database.ownerUrl, MIGRATIONS.slice(0, numberOf('Pipeline')));
      const holder = await database.connect();
      await database.query(HOLD_LAST);
      await holder.query('SELECT pg_advisory_lock(1)');
      const cutOff = migrate(database.ownerUrl, MIGRATIONS).catch((error: unknown) => String(error));
      const first = { 'by activity': 667, 'by event': 1_000, null: 334 };
      await waitFor('the first portion', async () => {
        const rows = await database.query<{ source: string | null; n: number }>(SOURCES);
        return rows.length === 3 && rows.every(({ source, n }) => first[String(source) as keyof typeof first] === n);
      });
      await database.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                             WHERE application_name = 'zakops-migrate' AND datname = current_database()`);
      expect(await cutOff).toContain('terminat');
      await database.query(`UPDATE zakops.deals SET source = 'by hand' WHERE deal_id = 'DEAL-000001'`);
      await holder.query('SELECT pg_advisory_unlock(1)');

      expect((await migrate(database.ownerUrl, MIGRATIONS)).applied).toHaveLength(MIGRATIONS.length - numberOf('Pipeline'));
      expect(await database.query(SOURCES)).toEqual([
        { source: 'by activity', n: 667 },
        { source: 'by event', n: 1_000 },
        { source: 'by hand', n: 1 },
        { source: null, n: 333 },
      ]);
      expect(await database.query('SELECT count(*)::int AS n FROM zakops.stage_limits')).toEqual([{ n: 6 }]);
      // Triggers write to the table of words from its first moment.
      expect(
        await database.query(`SELECT sql LIKE 'CREATE INDEX CONCURRENTLY %' AS beside FROM public.built WHERE sql LIKE '%_similar_idx%'`),
      ).toEqual([{ beside: true }]);
    } finally {
      await database.drop();
    }
  });
});
