import { UnitOfWork } from '#zakops/database';
import { LogReaders, OutboxConfig } from '#zakops/outbox';
import { DiscoveryService } from '@nestjs/core';
import pg from 'pg';
import { Retention } from '../../libs/outbox/src/retention/retention.js';
import { RetentionStore } from '../../libs/outbox/src/retention/retention.store.js';
import { openBenchContext } from '../outbox/bench-context.js';
import { RelayBench } from '../outbox/relay-bench.js';
import { appendEvents } from './fill.js';

const PORTION = 20_000;
const POISON_PERCENT = 1;
const KEEP_A_DAY = {
  EVENTS_RETENTION_DAYS: '1',
  OUTBOX_RETENTION_DAYS: '1',
  OUTBOX_ATTEMPTS_RETENTION_DAYS: '1',
  INBOX_RETENTION_DAYS: '1',
};

/** What retention has to hold: everything that an event or a failure writes. */
export const SOAKED_TABLES = [
  'events',
  'event_log',
  'outbox_waiting',
  'outbox_tickets',
  'outbox_attempts',
  'consumer_progress',
  'event_log_head',
];

/** How large one table is. */
export interface TableSize {
  readonly name: string;
  readonly tableBytes: number;
  readonly indexBytes: number;
  readonly deadTuples: number;
}

/** The tables after so many events. */
export interface Snapshot {
  readonly events: number;
  readonly tables: readonly TableSize[];
}

/** What a soak has shown. */
export interface SoakFigures {
  readonly eventsPerSecond: number;
  readonly snapshots: readonly Snapshot[];
  /** Events that are left in the end. */
  readonly left: number;
}

// Everything is two days old as soon as it is there, so that a day of retention passes in minutes.
const AGE = `
  ALTER TABLE zakops.event_log ALTER COLUMN published_at SET DEFAULT now() - interval '2 days';
  CREATE FUNCTION age_ticket() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.delivered_at := NEW.delivered_at - interval '2 days'; RETURN NEW; END $$;
  CREATE TRIGGER age BEFORE UPDATE OF delivered_at ON zakops.outbox_tickets FOR EACH ROW
    WHEN (NEW.delivered_at IS DISTINCT FROM OLD.delivered_at) EXECUTE FUNCTION age_ticket();
  CREATE FUNCTION age_attempt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.started_at := NEW.started_at - interval '2 days'; RETURN NEW; END $$;
  CREATE TRIGGER age BEFORE INSERT ON zakops.outbox_attempts FOR EACH ROW EXECUTE FUNCTION age_attempt();
  INSERT INTO zakops.consumer_progress (consumer, state, pattern, position) VALUES ('keeper', 'active', '^none', 0)`;

const SIZES = `
  SELECT c.relname AS name, pg_table_size(c.oid)::float8 AS "tableBytes", pg_indexes_size(c.oid)::float8 AS "indexBytes",
         coalesce(s.n_dead_tup, 0)::int AS "deadTuples"
    FROM pg_class c LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
   WHERE c.relnamespace = 'zakops'::regnamespace AND c.relname = ANY ($1::text[]) ORDER BY array_position($1::text[], c.relname::text)`;

/**
 * Sends events through the product's own publisher, consumer and retention, and looks at the sizes of the tables on the way.
 *
 * @param window - the events that stay, by a consumer that keeps so far behind; autovacuum alone cleans up
 */
export async function soak(url: string, events: number, window: number): Promise<SoakFigures> {
  const client = new pg.Client({ connectionString: url, application_name: 'bench-growth' });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(AGE);
  const { app, config } = await openBenchContext(url, KEEP_A_DAY);
  const bench = await RelayBench.open(app, config);
  const store = new RetentionStore(app.get(UnitOfWork), new LogReaders());
  const retention = new Retention(store, config.get(OutboxConfig), app.get(DiscoveryService));
  await client.query(`UPDATE zakops.consumer_progress SET state = 'removed' WHERE consumer IN ('bench-1', 'bench-2')`);

  const snapshots: Snapshot[] = [];
  const startedAt = performance.now();
  let removing: Promise<void> = Promise.resolve();
  for (let done = 0; done < events;) {
    await appendEvents(client, done, PORTION);
    await bench.publishAll(PORTION);
    await bench.consume(PORTION, 1, POISON_PERCENT, 1);
    done += PORTION;
    await client.query(`UPDATE zakops.consumer_progress SET position = greatest(0, $1) WHERE consumer = 'keeper'`, [done - window]);
    // Beside the next portion, as in the worker; never two at once.
    await removing;
    removing = retention.run(() => false);
    snapshots.push({ events: done, tables: (await client.query<TableSize>(SIZES, [SOAKED_TABLES])).rows });
  }
  await removing;
  const seconds = (performance.now() - startedAt) / 1_000;
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM zakops.events');
  await bench.close();
  await app.close();
  await client.end();
  return { eventsPerSecond: events / seconds, snapshots, left: rows[0]?.n ?? 0 };
}
