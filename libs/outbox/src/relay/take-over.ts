import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable, Logger } from '@nestjs/common';
import type { RegisteredConsumer } from '../consume/consumer.registry.js';
import { CRASH_TEXT, fingerprintOfCrash } from '../failures/fingerprint.js';
import { OutboxConfig } from '../outbox.config.js';
import { WorkerFencedError } from '../publish/publisher.js';
import { WORKER_CRASHED } from '../tickets/delivery.errors.js';
import { retryDelaySeconds } from '../tickets/retry-schedule.js';
import { nextAttemptNumber } from '../tickets/ticket-statements.js';
import { sqlFrom, sqlTo } from '../tickets/ticket-status.js';

// Locked until the end, so that a worker that takes over meanwhile waits, and one that is fenced already changes nothing.
const HEAD = `SELECT 1 FROM zakops.event_log_head WHERE fence = $1 FOR UPDATE`;

// Retention holds it while it moves the start of the log, where a new consumer may begin.
const START = `SELECT 1 FROM zakops.event_log_epoch FOR SHARE`;

// A consumer may be removed at this moment; what follows sees whether it was.
const LOCK_DECLARED = `SELECT 1 FROM zakops.consumer_progress WHERE consumer = ANY ($1) ORDER BY consumer FOR UPDATE`;

// A consumer that was removed and is declared again begins like a new one: no ticket of its former life comes back.
const CLEAR_REMOVED = `
  WITH again AS (
    UPDATE zakops.consumer_progress SET registered_at = now(), delivered = 0, last_delivered_at = NULL, in_hand = NULL
     WHERE consumer = ANY ($1) AND state = 'removed'
    RETURNING consumer
  ), gone AS (
    DELETE FROM zakops.outbox_tickets WHERE consumer IN (SELECT consumer FROM again) RETURNING event_id, consumer
  )
  DELETE FROM zakops.outbox_attempts a USING gone g WHERE a.event_id = g.event_id AND a.consumer = g.consumer`;

const FROM_VERSION_0_3 = `SELECT count(*)::int AS n FROM zakops.consumer_progress WHERE by_tickets AND state <> 'removed'`;

const LEAVE_TICKETS = `SELECT zakops.give_tickets_to_unread()`;

// Version 0.3 leaves all of its tickets due, and those behind a failed one would hide the others.
const ORDER_TICKETS = `SELECT zakops.make_first_tickets_due()`;

const FENCE = `UPDATE zakops.consumer_progress SET fence = $1, by_tickets = false WHERE state <> 'removed' AND (fence <> $1 OR by_tickets)`;

// A start before the first position that is left would be a cursor whose next event is missing.
const REGISTER = `
  INSERT INTO zakops.consumer_progress AS p (consumer, state, pattern, blocking_types, position, started_after, fence, by_tickets)
  SELECT consumer, 'active', pattern, blocking, at, at, $1, false
    FROM (SELECT g.*, greatest(least(start, zakops.log_position()), (SELECT s.position FROM zakops.event_log_start s)) AS at
            FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) AS g(consumer, pattern, blocking, start)) AS given
  ON CONFLICT (consumer) DO UPDATE
     SET state = 'active', pattern = excluded.pattern, blocking_types = excluded.blocking_types, fence = excluded.fence,
         position = CASE WHEN p.state = 'removed' THEN excluded.position ELSE p.position END,
         started_after = CASE WHEN p.state = 'removed' THEN excluded.position ELSE p.started_after END, by_tickets = false`;

// What version 0.3 had claimed was a batch, of which most was never in hand. After an orderly end nobody is to blame either.
const GIVE_BACK = `
  UPDATE zakops.outbox_tickets
     SET status = ${sqlTo('giveBack')}, attempts = greatest(attempts - 1, 0), due_at = now(), owner = NULL, lease_until = NULL, fence = NULL
   WHERE status IN (${sqlFrom('giveBack')}) AND (owner IS NOT NULL OR NOT $1)`;

const EVENT_TRACE_ID = `substring(e.traceparent FROM '^[0-9a-f]{2}-([0-9a-f]{32})-')`;

const BLAME_TICKETS = `
  WITH blamed AS (
    UPDATE zakops.outbox_tickets
       SET status = CASE WHEN attempts >= $1 THEN ${sqlTo('die')} ELSE ${sqlTo('fail')} END, due_at = now() + $2 * interval '1 second',
           fence = NULL, reason_code = $3, last_error = $4, fingerprint = ${fingerprintOfCrash('consumer', 'event_type')},
           first_failed_at = coalesce(first_failed_at, now())
     WHERE status IN (${sqlFrom('giveBack')})
    RETURNING event_id, consumer, stream, replay_count, attempts, last_attempt_at, fingerprint
  ), noted AS (
    INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, number, started_at, duration_ms, reason_code, error,
                                        fingerprint, message, event_trace_id)
    SELECT b.event_id, b.consumer, replay_count, attempts, ${nextAttemptNumber('b.event_id', 'b.consumer')}, coalesce(last_attempt_at, now()),
           0, $3, $4, fingerprint, $4, ${EVENT_TRACE_ID}
      FROM blamed b LEFT JOIN zakops.events e ON e.id = b.event_id
    ON CONFLICT DO NOTHING
  )
  SELECT b.consumer, b.event_id AS "eventId", b.stream, p.blocking_types AS blocking FROM blamed b JOIN zakops.consumer_progress p USING (consumer)`;

const BLAME_AT_CURSOR = `
  WITH held AS (
    SELECT p.consumer, p.in_hand, p.blocking_types, e.id, e.type, zakops.stream_of(e.aggregate_type, e.aggregate_id) AS stream,
           ${fingerprintOfCrash('p.consumer', 'e.type')} AS fingerprint, ${EVENT_TRACE_ID} AS trace_id
      FROM zakops.consumer_progress p
      JOIN zakops.event_log l ON l.position = p.in_hand AND l.position = p.position + 1
      JOIN zakops.events e ON e.id = l.event_id
     WHERE p.in_hand IS NOT NULL AND p.state = 'active'
  ), parked AS (
    INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, reason_code, last_error,
                                       fingerprint, first_failed_at, last_attempt_at)
    SELECT id, consumer, in_hand, type, stream, CASE WHEN $1 <= 1 THEN ${sqlTo('die')} ELSE ${sqlTo('fail')} END, 1,
           now() + $2 * interval '1 second', $3, $4, fingerprint, now(), now()
      FROM held
    ON CONFLICT DO NOTHING
  ), noted AS (
    INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, number, started_at, duration_ms, reason_code, error,
                                        fingerprint, message, event_trace_id)
    SELECT id, consumer, 0, 1, 1, now(), 0, $3, $4, fingerprint, $4, trace_id FROM held
    ON CONFLICT DO NOTHING
  ), moved AS (
    UPDATE zakops.consumer_progress p SET position = p.in_hand FROM held h WHERE h.consumer = p.consumer
  )
  SELECT consumer, id AS "eventId", stream, blocking_types AS blocking FROM held`;

const CLEAR_HANDS = `UPDATE zakops.consumer_progress SET in_hand = NULL WHERE in_hand IS NOT NULL`;

const PROMOTE = `SELECT zakops.promote_waiting($1, ARRAY[$2::bigint], $3)`;

/** An event that was in a consumer's hand when its worker ended without a word. */
export interface Blamed {
  readonly consumer: string;
  readonly eventId: string;
}

/** What a new active worker does before it publishes or delivers anything: cursors and tickets become its own. */
@Injectable()
export class TakeOver {
  readonly #logger = new Logger(TakeOver.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly config: OutboxConfig,
  ) {}

  /**
   * Takes over what the worker before has left, in one transaction.
   *
   * @remarks After a worker of version 0.3 the tickets that it has made stay, and cursors begin where its tickets end. Consumers that this
   * build does not know keep their cursor and their tickets.
   * @param unclean - whether the worker before did not give its lease back: what it had in hand has counted an attempt
   * @returns what was in hand
   * @throws WorkerFencedError when yet another worker has the lease
   */
  async run(fence: string, consumers: readonly RegisteredConsumer[], unclean: boolean): Promise<readonly Blamed[]> {
    const blamed = await this.unitOfWork.runApart(async (tx) => {
      if ((await tx.query(HEAD, [fence])).length === 0) throw new WorkerFencedError();
      const [before] = await tx.query<{ n: number }>(FROM_VERSION_0_3);
      const isFromVersion03 = (before?.n ?? 0) > 0;
      if (isFromVersion03) await tx.query(LEAVE_TICKETS);
      await tx.query(FENCE, [fence]);
      const names = consumers.map(({ name }) => name);
      await tx.query(START);
      await tx.query(LOCK_DECLARED, [names]);
      await tx.query(CLEAR_REMOVED, [names]);
      await tx.query(REGISTER, [
        fence,
        names,
        consumers.map(({ eventsRegex }) => eventsRegex),
        consumers.map(({ blockingRegex }) => blockingRegex),
        consumers.map(({ startAfter }) => startAfter ?? null),
      ]);
      await tx.query(GIVE_BACK, [unclean]);
      const found = unclean ? await this.blame(tx) : (await tx.query(CLEAR_HANDS), []);
      if (isFromVersion03) await tx.query(ORDER_TICKETS);
      return found;
    });
    for (const { consumer, eventId } of blamed) {
      this.#logger.error(
        { consumer, event_id: eventId },
        'The worker before ended while this event was in hand; that counts as a failed attempt.',
      );
    }
    return blamed;
  }

  private async blame(tx: Transaction): Promise<readonly Blamed[]> {
    const why = [this.config.maxAttempts, retryDelaySeconds(1), WORKER_CRASHED, CRASH_TEXT];
    const blamed = [
      ...(await tx.query<Blamed & { stream: string; blocking: string | null }>(BLAME_TICKETS, why)),
      ...(await tx.query<Blamed & { stream: string; blocking: string | null }>(BLAME_AT_CURSOR, why)),
    ];
    await tx.query(CLEAR_HANDS);
    for (const { consumer, stream, blocking } of blamed) await tx.query(PROMOTE, [consumer, stream, blocking]);
    return blamed.map(({ consumer, eventId }) => ({ consumer, eventId }));
  }
}
