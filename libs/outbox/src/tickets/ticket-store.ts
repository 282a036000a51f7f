import { Database, EVENT_COLUMNS, toStoredEvent } from '#zakops/database';
import type { EventRow, Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { CLAIMS_ROW } from '../lease/worker-lease.js';
import type { Claim, ClaimRequest, ClaimedTicket, FailedAttempt } from './ticket.js';
import { sqlFrom, sqlTo } from './ticket-status.js';

/** A claim's lease was lost meanwhile: somebody else has, or had, these tickets. Nothing was marked. */
export class ClaimLostError extends Error {
  constructor(consumer: string) {
    super(`The claim of consumer ${consumer} is no longer valid; its tickets were taken back.`);
    this.name = 'ClaimLostError';
  }
}

const HOLDS_BACK = `(h.status = 'processing' AND h.fence IS DISTINCT FROM $7::bigint) OR (h.status = 'failed' AND h.due_at > now()) OR (h.status = 'dead' AND $6)`;

// `held` is looked up by hash (NOT IN over a materialised set): an anti-join is planned as a nested loop over all of it whenever
// the statistics are older than the first failures, and then takes seconds. Only a redriven ticket can stand before one that holds
// its stream back, so only those are compared by ordinal.
//
// A pending ticket is due whatever its time says: now() is when this statement came in, a little before it looks, and a ticket that
// was redriven in between would seem to lie in the future and be overtaken.
//
// A ticket that somebody else has locked (an operator at a console) is not waited for, and holds its stream back: skipping it alone
// would deliver what comes after it first.
//
// The claim does not wait for the disk: a server that crashes forgets it at worst, and the tickets are due again. What is delivered is
// written down after it, so it can never be known without its claim.
const CLAIM = `
  WITH active AS MATERIALIZED (
    SELECT 1 FROM zakops.worker_leases WHERE name = '${CLAIMS_ROW}' AND fence = $3 FOR SHARE
  ), claim AS MATERIALIZED (
    SELECT nextval('zakops.outbox_fence_seq') AS fence, set_config('synchronous_commit', 'off', true)
     WHERE EXISTS (SELECT 1 FROM zakops.worker_leases WHERE name = 'outbox' AND fence = $3 AND expires_at > now())
       AND EXISTS (SELECT 1 FROM active)
  ), held AS MATERIALIZED (
    SELECT h.stream, h.ordinal FROM zakops.outbox h
     WHERE h.consumer = $1 AND h.status IN ('processing', 'failed', 'dead') AND (${HOLDS_BACK})
  ), candidates AS MATERIALIZED (
    SELECT o.ctid AS tid, o.stream
      FROM zakops.outbox o
     WHERE o.consumer = $1 AND o.status IN (${sqlFrom('claim')}) AND (o.status = 'pending' OR o.due_at <= now())
       AND EXISTS (SELECT 1 FROM claim)
       AND (o.stream NOT IN (SELECT stream FROM held)
            OR (o.replay_count > 0 AND (SELECT min(h.ordinal) FROM held h WHERE h.stream = o.stream) > o.ordinal))
     ORDER BY o.ordinal
     LIMIT $2
  ), locked AS MATERIALIZED (
    SELECT o.ctid AS tid FROM zakops.outbox o
     WHERE o.ctid = ANY (ARRAY (SELECT tid FROM candidates)) AND o.status IN (${sqlFrom('claim')})
       FOR UPDATE SKIP LOCKED
  ), due AS MATERIALIZED (
    SELECT tid FROM candidates
     WHERE stream NOT IN (SELECT stream FROM candidates WHERE tid NOT IN (SELECT tid FROM locked))
  ), claimed AS (
    UPDATE zakops.outbox
       SET status = ${sqlTo('claim')}, attempts = attempts + 1, owner = $4, fence = (SELECT fence FROM claim),
           lease_until = now() + $5 * interval '1 ms', last_attempt_at = now()
     WHERE ctid = ANY (ARRAY (SELECT tid FROM due))
    RETURNING event_id, ordinal, stream, attempts, replay_count, fence
  )
  SELECT c.ordinal AS position, c.stream, c.attempts, c.replay_count, c.fence, ${EVENT_COLUMNS},
         EXISTS (SELECT 1 FROM zakops.outbox WHERE consumer = $1 AND status = 'dead')
         AND EXISTS (SELECT 1 FROM zakops.outbox d
                  WHERE d.consumer = $1 AND d.stream = c.stream AND d.ordinal < c.ordinal AND d.status = 'dead') AS gap
    FROM claimed c JOIN zakops.events e ON e.id = c.event_id
   ORDER BY c.ordinal`;

const OF_CLAIM = `consumer = $1 AND fence = $2 AND event_id = ANY ($3::uuid[])`;

const DELIVER = `
  WITH marked AS (
    UPDATE zakops.outbox
       SET status = ${sqlTo('deliver')}, delivered_at = now(), owner = NULL, lease_until = NULL, reason_code = NULL, last_error = NULL
     WHERE ${OF_CLAIM} AND status IN (${sqlFrom('deliver')})
    RETURNING 1
  ), counted AS (
    INSERT INTO zakops.consumer_progress AS p (consumer, delivered, last_delivered_at)
    SELECT $1, count(*), now() FROM marked
    ON CONFLICT (consumer) DO UPDATE SET delivered = p.delivered + excluded.delivered, last_delivered_at = excluded.last_delivered_at
  )
  SELECT count(*)::int AS n FROM marked`;

const FAIL = `
  WITH marked AS (
    UPDATE zakops.outbox
       SET status = CASE WHEN $4 OR attempts >= $5 THEN ${sqlTo('die')} ELSE ${sqlTo('fail')} END,
           due_at = now() + $6 * interval '1 second', owner = NULL, lease_until = NULL,
           reason_code = $7, last_error = $8, first_failed_at = coalesce(first_failed_at, now())
     WHERE ${OF_CLAIM} AND status IN (${sqlFrom('fail')})
    RETURNING event_id, consumer, replay_count, attempts, last_attempt_at, status
  ), noted AS (
    INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
    SELECT event_id, consumer, replay_count, attempts, last_attempt_at, $9, $7, $8 FROM marked
    ON CONFLICT DO NOTHING
  )
  SELECT status FROM marked`;

// A released attempt was none: it must not bring the ticket nearer to its death.
const RELEASE = `
  UPDATE zakops.outbox
     SET status = ${sqlTo('release')}, attempts = greatest(attempts - 1, 0), owner = NULL, lease_until = NULL
   WHERE ${OF_CLAIM} AND status IN (${sqlFrom('release')})`;

const RENEW = `
  UPDATE zakops.outbox SET lease_until = now() + $4 * interval '1 ms'
   WHERE ${OF_CLAIM} AND status IN (${sqlFrom('deliver')})`;

// What is locked is being marked by its worker, even by one that has lost its place: waiting for it would hold up the heartbeat. It
// is found at a later one if the mark does not come to pass.
const RESCUE = `
  WITH lost AS (
    UPDATE zakops.outbox
       SET status = CASE WHEN attempts >= $1 THEN ${sqlTo('die')} ELSE ${sqlTo('rescue')} END,
           due_at = now(), owner = NULL, lease_until = NULL, fence = NULL, reason_code = 'lease_expired',
           last_error = 'The worker stopped before this attempt was over.', first_failed_at = coalesce(first_failed_at, now())
     WHERE ctid = ANY (ARRAY (
             SELECT ctid FROM zakops.outbox
              WHERE status IN (${sqlFrom('rescue')}) AND consumer = ANY (ARRAY (SELECT consumer FROM zakops.consumer_progress))
                AND (owner IS DISTINCT FROM $2 OR lease_until < now())
                AND EXISTS (SELECT 1 FROM zakops.worker_leases WHERE name = 'outbox' AND owner = $2 AND expires_at > now())
                FOR UPDATE SKIP LOCKED))
    RETURNING event_id, consumer, replay_count, attempts, last_attempt_at, reason_code, last_error
  ), noted AS (
    INSERT INTO zakops.outbox_attempts (event_id, consumer, replay, attempt, started_at, duration_ms, reason_code, error)
    SELECT event_id, consumer, replay_count, attempts, last_attempt_at,
           least(extract(epoch FROM clock_timestamp() - last_attempt_at) * 1000, 2147483647)::int, reason_code, last_error
      FROM lost
    ON CONFLICT DO NOTHING
  )
  SELECT count(*)::int AS n FROM lost`;

interface ClaimRow extends EventRow {
  readonly position: string;
  readonly stream: string;
  readonly attempts: number;
  readonly replay_count: number;
  readonly fence: string;
  readonly gap: boolean;
}

/** Writes the status of consumers' tickets: claim, deliver, fail, release, renew, rescue. All times are the database's. */
@Injectable()
export class TicketStore {
  constructor(private readonly database: Database) {}

  /**
   * Claims due tickets of one consumer and leases them.
   *
   * @remarks Ordered by position. A ticket is left out while an earlier one of its aggregate is being processed, waits for its
   * retry, or is dead under the policy `block`. Each claim counts as an attempt.
   * @returns the claim, or undefined when nothing is due or the worker's own lease is gone
   */
  async claim(request: ClaimRequest): Promise<Claim | undefined> {
    const { consumer, limit, workerFence, owner, leaseMs, blockOnDead, besideFence } = request;
    const parameters = [consumer, limit, workerFence, owner, leaseMs, blockOnDead, besideFence ?? null];
    const rows = await this.database.query<ClaimRow>(CLAIM, parameters);
    const first = rows[0];
    if (first === undefined) return undefined;
    const tickets: ClaimedTicket[] = rows.map((row) => ({
      delivery: { event: { ...toStoredEvent(row), position: Number(row.position) }, attempt: row.attempts, gap: row.gap },
      stream: row.stream,
    }));
    return { consumer, fence: first.fence, tickets };
  }

  /**
   * Marks tickets of a claim delivered, in the transaction of their effect.
   *
   * @throws ClaimLostError when any of them is no longer held by this claim
   */
  async deliver(tx: Transaction, claim: Claim, eventIds: readonly string[]): Promise<void> {
    const [row] = await tx.query<{ n: number }>(DELIVER, [claim.consumer, claim.fence, eventIds]);
    if (row?.n !== eventIds.length) throw new ClaimLostError(claim.consumer);
  }

  /**
   * Writes down a failed attempt: the ticket waits for its retry, or is dead.
   *
   * @returns the state it has now, or undefined when the claim was lost
   */
  async fail(claim: Claim, eventId: string, failure: FailedAttempt): Promise<'failed' | 'dead' | undefined> {
    const { permanent, maxAttempts, delaySeconds, reasonCode, error, durationMs } = failure;
    const rows = await this.database.query<{ status: 'failed' | 'dead' }>(FAIL, [
      claim.consumer,
      claim.fence,
      [eventId],
      permanent,
      maxAttempts,
      delaySeconds,
      reasonCode,
      error,
      Math.round(durationMs),
    ]);
    return rows[0]?.status;
  }

  /** Gives tickets of a claim back untried; the attempt does not count. */
  async release(claim: Claim, eventIds: readonly string[]): Promise<void> {
    if (eventIds.length > 0) await this.database.query(RELEASE, [claim.consumer, claim.fence, eventIds]);
  }

  /** Prolongs the lease of what is still held by a claim. */
  async renew(claim: Claim, leaseMs: number): Promise<void> {
    const ids = claim.tickets.map((ticket) => ticket.delivery.event.id);
    await this.database.query(RENEW, [claim.consumer, claim.fence, ids, leaseMs]);
  }

  /**
   * Takes back tickets whose worker is gone; the lost attempt counts.
   *
   * @param owner - the active worker, or nothing is done: whatever another one is processing, and what its own lease has run out for, is taken back
   * @returns how many
   */
  async rescue(maxAttempts: number, owner: string): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(RESCUE, [maxAttempts, owner]);
    return row?.n ?? 0;
  }
}
