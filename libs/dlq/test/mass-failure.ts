import { TICKETS } from '#zakops/outbox';
import type { TestDatabase } from '#zakops/testing';

const EVENTS = `
  INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
  SELECT gen_random_uuid(), 'deal.updated', 1, 'deal', 'BULK-' || lpad((n % $2)::text, 6, '0'), n / $2 + 1, '{"changes":[]}',
         'BULK-' || lpad((n % $2)::text, 6, '0'), 'system:test'
    FROM generate_series(0, $1::int - 1) n`;

const DELIVERED = `
  INSERT INTO ${TICKETS} (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, delivered_at)
  SELECT id, 'mailer', row_number() OVER (ORDER BY aggregate_seq, aggregate_id), type,
         zakops.stream_of(aggregate_type, aggregate_id), 'delivered', 1, now(), now()
    FROM zakops.events WHERE aggregate_id LIKE 'BULK-%'`;

const FAILED = `
  UPDATE ${TICKETS}
     SET status = 'dead', attempts = 5, replay_count = 0, reason_code = 'handler_error', last_error = 'It broke.',
         first_failed_at = now() - interval '40 days', last_attempt_at = now() - interval '40 days', delivered_at = NULL
   WHERE consumer = 'mailer'`;

/** Counts the outcomes of the dead letters of {@link failInMass}. */
export interface Outcome {
  readonly dead: number;
  /** Due again, for the first time. */
  readonly retried: number;
  /** What operations say that they have changed, and the entries that they name, each once. */
  readonly counted: number;
  readonly named: number;
  /** Operations, and entries of the audit log about them. */
  readonly operations: number;
  readonly audited: number;
}

/** Lets deliveries of consumer `mailer` die 40 days ago, all at once, in a table whose statistics know of no dead one and stay so. */
export async function failInMass(database: TestDatabase, dead: number, aggregates: number): Promise<void> {
  await database.query(`ALTER TABLE ${TICKETS} SET (autovacuum_enabled = off)`);
  await database.query(EVENTS, [dead, aggregates]);
  await database.query(DELIVERED);
  await database.query(`ANALYZE ${TICKETS}, zakops.events`);
  await database.query(FAILED);
}

/** Lets the same deliveries die once more, and forgets the operations until now. */
export async function failAgain(database: TestDatabase): Promise<void> {
  await database.query('TRUNCATE zakops.dlq_operations CASCADE');
  await database.query(FAILED);
}

/** Counts what came of them. */
export async function outcome(database: TestDatabase): Promise<Outcome | undefined> {
  const [row] = await database.query<Outcome & Record<string, unknown>>(`
    SELECT count(*) FILTER (WHERE status = 'dead')::int AS dead,
           count(*) FILTER (WHERE status = 'pending' AND replay_count = 1)::int AS retried,
           (SELECT coalesce(sum(count), 0)::int FROM zakops.dlq_operations) AS counted,
           (SELECT count(DISTINCT entry_id)::int FROM zakops.dlq_operation_entries) AS named,
           (SELECT count(*)::int FROM zakops.dlq_operations) AS operations,
           (SELECT count(*)::int FROM zakops.audit_log a JOIN zakops.dlq_operations o
               ON a.details ->> 'operation_id' = o.id::text AND a.details ->> 'count' = o.count::text) AS audited
      FROM ${TICKETS}`);
  return row;
}
