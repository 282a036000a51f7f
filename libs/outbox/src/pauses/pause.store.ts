import { opsChanged } from '#zakops/figures';
import { eventPatternsToRegex } from '#zakops/contracts';
import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import { TICKETS_CHANNEL } from '../wake/wake-signal.js';
import { PAUSE_COLUMNS, IN_FORCE, toPause } from './pause-columns.js';
import type { PauseRow } from './pause-columns.js';
import { LONGEST_PAUSE_MINUTES } from './pause.js';
import type { Pause, PauseTarget } from './pause.js';

/** The end of a pause: after some minutes, or at an instant (ISO 8601). */
export type PauseEnd = { readonly minutes: number } | { readonly until: string };

/** So that two operators who pause the same at the same time make one pause; an arbitrary number. */
const PAUSES_LOCK = 5_913_030;

// The end as the clock of the database has it; null when it is not ahead, or too far ahead.
const ENDS_AT = `(
  SELECT at FROM (SELECT CASE WHEN $1::timestamptz IS NULL THEN now() + $2::integer * interval '1 minute' ELSE $1::timestamptz END AS at) AS given
   WHERE at > now() AND at <= now() + interval '${String(LONGEST_PAUSE_MINUTES)} minutes')`;

const SAME_TARGET = `(p.scope = $1 AND p.consumer IS NOT DISTINCT FROM $2 AND p.event_type IS NOT DISTINCT FROM $3
    AND p.aggregate_type IS NOT DISTINCT FROM $4 AND p.aggregate_id IS NOT DISTINCT FROM $5)`;

const IN_FORCE_ALREADY = `
  SELECT ${PAUSE_COLUMNS}, ${SAME_TARGET} AS same FROM zakops.delivery_pauses p WHERE p.released_at IS NULL AND ${IN_FORCE}`;

const BEGIN = `
  INSERT INTO zakops.delivery_pauses AS p
    (id, scope, consumer, event_type, pattern, aggregate_type, aggregate_id, stream, reason, paused_by, ends_at)
  SELECT $3, $4, $5, $6, $7, $8, $9, CASE WHEN $9::text IS NOT NULL THEN zakops.stream_of($8, $9) END, $10, $11, e.at
    FROM ${ENDS_AT} AS e
  RETURNING ${PAUSE_COLUMNS}`;

const LOCK_BY_ID = `SELECT ${PAUSE_COLUMNS} FROM zakops.delivery_pauses p WHERE p.id = $1 FOR UPDATE`;

const LOCK_BY_TARGET = `
  SELECT ${PAUSE_COLUMNS} FROM zakops.delivery_pauses p
   WHERE p.released_at IS NULL AND ${SAME_TARGET} AND ${IN_FORCE} FOR UPDATE`;

const CHANGE_END = `UPDATE zakops.delivery_pauses p SET ends_at = e.at FROM ${ENDS_AT} AS e WHERE p.id = $3 RETURNING ${PAUSE_COLUMNS}`;

const RESUME = `UPDATE zakops.delivery_pauses p SET resumed_at = now(), resumed_by = $2 WHERE p.id = $1 RETURNING ${PAUSE_COLUMNS}`;

const CONSUMER_IS_KNOWN = `SELECT 1 FROM zakops.consumer_progress WHERE consumer = $1 AND state <> 'removed'`;

const WAKE = prepared(`SELECT pg_notify('${TICKETS_CHANNEL}', '')`);

/** Begins, changes and ends pauses; the worker is woken with the commit. All times are the database's. */
@Injectable()
export class PauseStore {
  /** The pauses in force; further ones wait until the transaction is over. */
  async lockInForce(tx: Transaction, target: PauseTarget): Promise<{ readonly count: number; readonly same: Pause | undefined }> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [PAUSES_LOCK]);
    const rows = await tx.query<PauseRow & { same: boolean }>(IN_FORCE_ALREADY, targetValues(target));
    const same = rows.find((row) => row.same);
    return { count: rows.length, same: same && toPause(same) };
  }

  /** True for a consumer that the database knows and that was not removed. */
  async isConsumer(tx: Transaction, name: string): Promise<boolean> {
    return (await tx.query(CONSUMER_IS_KNOWN, [name])).length > 0;
  }

  /** Begins a pause; undefined when its end is not ahead, or too far ahead. */
  async begin(
    tx: Transaction,
    given: { readonly target: PauseTarget; readonly end: PauseEnd; readonly reason: string; readonly pausedBy: string },
  ): Promise<Pause | undefined> {
    const { target, end, reason, pausedBy } = given;
    const [scope, consumer, eventType, aggregateType, aggregateId] = targetValues(target);
    const pattern = target.scope === 'event_type' ? eventPatternsToRegex([target.eventType]) : null;
    const values = [uuidV7(), scope, consumer, eventType, pattern, aggregateType, aggregateId, reason, pausedBy];
    return this.written(tx, await tx.query<PauseRow>(BEGIN, [...endValues(end), ...values]));
  }

  /** One pause, in force or over, locked until the end of the transaction; undefined when no pause has this id. */
  async lock(tx: Transaction, id: string): Promise<Pause | undefined> {
    const [row] = await tx.query<PauseRow>(LOCK_BY_ID, [id]);
    return row && toPause(row);
  }

  /** The pause in force of a target, locked; undefined when there is none. */
  async lockByTarget(tx: Transaction, target: PauseTarget): Promise<Pause | undefined> {
    const [row] = await tx.query<PauseRow>(LOCK_BY_TARGET, targetValues(target));
    return row && toPause(row);
  }

  /** Gives a pause in force another end; undefined when that is not ahead, or too far ahead. */
  async changeEnd(tx: Transaction, id: string, end: PauseEnd): Promise<Pause | undefined> {
    return this.written(tx, await tx.query<PauseRow>(CHANGE_END, [...endValues(end), id]));
  }

  /** Ends a pause now. */
  async resume(tx: Transaction, id: string, resumedBy: string): Promise<Pause> {
    const pause = this.written(tx, await tx.query<PauseRow>(RESUME, [id, resumedBy]));
    if (pause === undefined) throw new Error(`Pause ${id} is locked and not there.`);
    return pause;
  }

  private written(tx: Transaction, [row]: readonly PauseRow[]): Pause | undefined {
    if (row === undefined) return undefined;
    tx.hintAfterCommit(WAKE, []);
    opsChanged(tx, 'pauses');
    return toPause(row);
  }
}

function endValues(end: PauseEnd): readonly unknown[] {
  return 'until' in end ? [end.until, null] : [null, end.minutes];
}

function targetValues(target: PauseTarget): readonly (string | null)[] {
  const { consumer, eventType, aggregateType, aggregateId } = {
    consumer: null,
    eventType: null,
    aggregateType: null,
    aggregateId: null,
    ...target,
  };
  return [target.scope, consumer, eventType, aggregateType, aggregateId];
}
