import type { Transaction } from '#zakops/database';
import { runInCall } from '#zakops/observability';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer } from '../src/index.js';
import type { AwaitingEventConsumer, Delivery, SingleEventConsumer } from '../src/index.js';
import { fingerprintOf } from '../src/failures/fingerprint.js';
import { OutboxTestbed } from './outbox-testbed.js';

const FAST = { OUTBOX_POLL_INTERVAL: '0.1' };
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

/** Fails as it is told, inside the database. */
@EventConsumer({ name: 'careless', events: ['deal.*'] })
@Injectable()
class Careless implements SingleEventConsumer {
  statement = '';

  async handle({ event }: Delivery, tx: Transaction): Promise<void> {
    await tx.query(this.statement, [event.id]);
  }
}

/** Waits for a service that is away. */
@EventConsumer({ name: 'lonely', events: ['deal.*'], concurrency: 2 })
@Injectable()
class Lonely implements AwaitingEventConsumer {
  handleAwaiting({ event }: Delivery): Promise<void> {
    return Promise.reject(new Error(`No answer for ${event.aggregateId} from mail.example.com:25`));
  }
}

interface AttemptRow extends Record<string, unknown> {
  readonly fingerprint: string;
}

describe('what a failed attempt says of itself', () => {
  let bed: OutboxTestbed;

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    await bed.database.query(
      'CREATE TABLE effects (event_id uuid PRIMARY KEY, size integer CONSTRAINT effects_size_check CHECK (size > 0))',
    );
    await bed.database.query('GRANT ALL ON effects TO PUBLIC');
  });

  afterEach(async () => {
    await bed.database.query('TRUNCATE zakops.outbox_tickets, zakops.outbox_attempts');
  });

  afterAll(async () => {
    await bed.dispose();
  });

  const attempts = (consumer: string): Promise<readonly AttemptRow[]> =>
    bed.database.query<AttemptRow>(
      `SELECT a.number, a.replay, a.attempt, a.fingerprint, a.error_class, a.sql_state, a.table_name, a.constraint_name, a.frame, a.message, a.worker,
              a.event_trace_id, a.attempt_trace_id, t.fingerprint AS of_ticket
         FROM zakops.outbox_attempts a JOIN zakops.outbox_tickets t USING (event_id, consumer)
        WHERE a.consumer = $1 ORDER BY t.ordinal, a.number`,
      [consumer],
    );

  async function failed(statement: string, deals: number): Promise<readonly AttemptRow[]> {
    const worker = await bed.start({ relay: true, providers: [Careless], env: FAST });
    worker.get(Careless).statement = statement;
    const call = {
      actor: undefined,
      correlationId: 'c',
      causationId: undefined,
      trace: { traceId: TRACE_ID, spanId: '00f067aa0ba902b7', flags: '01' },
    };
    await runInCall(call, () => worker.append(...Array.from({ length: deals }, (_, n) => bed.event(n + 1))));
    await waitFor('its failures', async () => (await attempts('careless')).length >= deals);
    const rows = await attempts('careless');
    await worker.close();
    return rows;
  }

  it('names state, table, constraint, place and traces, and gives one fingerprint to failures of one kind', async () => {
    const rows = await failed('INSERT INTO effects (event_id, size) VALUES ($1, -1)', 3);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({
      number: 1,
      replay: 0,
      attempt: 1,
      fingerprint: expect.stringMatching(/^fp1:[0-9a-f]{16}$/),
      error_class: 'DatabaseError',
      sql_state: '23514',
      table_name: 'effects',
      constraint_name: 'effects_size_check',
      frame: expect.stringMatching(/^Careless\..*handle.* \(libs\/outbox\/test\/failure-reasons\.int-spec\.ts:\d+\)$/),
      message: 'new row for relation "effects" violates check constraint "effects_size_check"',
      worker: expect.stringMatching(/\/[0-9a-f]{8}$/),
      event_trace_id: TRACE_ID,
      attempt_trace_id: TRACE_ID,
      of_ticket: rows[0]?.fingerprint,
    });
    expect(new Set(rows.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it('says nothing of the values that the server quotes', async () => {
    const rows = await failed(`INSERT INTO effects (event_id, size) VALUES ($1, ('secret' || '-17')::integer)`, 1);
    expect(rows[0]).toMatchObject({ sql_state: '22P02', message: 'invalid input syntax for type integer: <text>' });
    expect(JSON.stringify(rows)).not.toContain('secret');
  });

  it('names a table that was renamed, although the server says so in words only', async () => {
    await bed.database.query('ALTER TABLE effects RENAME TO effects_before');
    const rows = await failed('INSERT INTO effects (event_id) VALUES ($1)', 2);
    await bed.database.query('ALTER TABLE effects_before RENAME TO effects');
    expect(rows[0]).toMatchObject({ sql_state: '42P01', table_name: 'effects', message: 'relation "effects" does not exist' });
    expect(rows[1]?.fingerprint).toBe(rows[0]?.fingerprint);
  });

  it('counts attempts on from 1 over redrives, also behind those of the version before', async () => {
    const worker = await bed.start({ relay: true, providers: [Lonely], env: FAST });
    await worker.append(bed.event(1));
    await waitFor('the first failure', async () => (await attempts('lonely')).length === 1);
    // As version 0.4.0 would have left it: a second attempt without a number, and then a redrive.
    await bed.database.query(`
      INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
      SELECT event_id, consumer, 0, 2, now(), 1, 'handler_error', 'x' FROM zakops.outbox_tickets WHERE consumer = 'lonely'`);
    await bed.database.query(`UPDATE zakops.outbox_tickets SET attempts = 0, replay_count = 1, due_at = now() WHERE consumer = 'lonely'`);
    await waitFor('the failure after it', async () => (await attempts('lonely')).length === 3);
    const rows = await attempts('lonely');
    expect(rows.map(({ number, replay, attempt }) => [number, replay, attempt])).toEqual([
      [1, 0, 1],
      [3, 1, 1],
      [null, 0, 2],
    ]);
    expect(rows[0]).toMatchObject({
      message: 'No answer for # from <address>',
      error_class: 'Error',
      attempt_trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    await worker.close();
  });

  it('gives the failures of the version before a fingerprint of their own, whatever numbers are in them', async () => {
    await bed.database.query(`
      INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, last_error)
      SELECT gen_random_uuid(), 'old', n, 'deal.updated', n, CASE n WHEN 3 THEN 'pending' ELSE 'dead' END, 'No deal ' || n FROM generate_series(1, 3) n`);
    const rows = await bed.database.query<{ fingerprint: string | null }>('SELECT fingerprint FROM zakops.outbox_tickets ORDER BY ordinal');
    expect(rows).toEqual([{ fingerprint: expect.stringMatching(/^fp0:[0-9a-f]{16}$/) }, rows[0], { fingerprint: null }]);
  });

  it('gives a crash the fingerprint that its facts have', async () => {
    const worker = await bed.start({ relay: true, providers: [Careless], env: { OUTBOX_POLL_INTERVAL: '60' } });
    await worker.close();
    await bed.database.query(`
      WITH event AS (
        INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor, traceparent)
        VALUES (gen_random_uuid(), 'deal.archived', 1, 'deal', 'DEAL-000900', 1, '{}', 'c', 'system:test', '00-${TRACE_ID}-00f067aa0ba902b7-01')
        RETURNING id
      ), head AS (
        UPDATE zakops.event_log_head SET position = position + 1 RETURNING position
      ), logged AS (
        INSERT INTO zakops.event_log (position, event_id) SELECT position, id FROM head, event
      ), moved AS (
        UPDATE zakops.consumer_progress SET position = h.position - 1, in_hand = h.position FROM head h WHERE consumer = 'careless'
      )
      UPDATE zakops.worker_leases SET expires_at = now() - interval '1 second', owner = 'gone'`);
    const next = await bed.start({ relay: true, providers: [Careless], env: FAST });
    await waitFor('the blame', async () => (await attempts('careless')).length >= 1);
    const [row] = await attempts('careless');
    const failure = {
      errorClass: '',
      sqlState: null,
      table: null,
      constraint: null,
      place: null,
      message: 'The worker ended while this event was in hand.',
    };
    const fingerprint = fingerprintOf({ consumer: 'careless', eventType: 'deal.archived', reasonCode: 'worker_crashed', failure });
    expect(row).toMatchObject({ number: 1, fingerprint, of_ticket: fingerprint, event_trace_id: TRACE_ID, message: failure.message });
    await next.close();
  });
});
