import { opsChanged } from '#zakops/figures';
import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { deadLetterCondition, needsEvents, TICKETS, TICKETS_CHANNEL } from '#zakops/outbox';
import type { DeadLetterFilter, FollowedTickets } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import { UNDO_MINUTES } from './dlq-task.js';
import type { DlqTask, TaskKind, TaskState } from './dlq-task.js';
import { canonicalFilter, filterKey } from './filter-key.js';

const UNDO_UNTIL = `CASE WHEN state IN ('finished', 'cancelled', 'stopped') THEN finished_at + interval '${String(UNDO_MINUTES)} minutes' END`;

/** The columns of a task. */
export const TASK_COLUMNS = `id, kind, state, state_reason AS "stateReason", filter, most AS "limit", rate, actor_type AS "actorType",
  actor_id AS "actorId", reason, total, done, delivered, dead_again AS "deadAgain", discarded, undone, judged, came_back AS "cameBack",
  created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt", ${UNDO_UNTIL} AS "undoUntil"`;

/** A task as its worker needs it. */
export interface LockedTask extends DlqTask {
  /** Of the walk; null at its beginning. */
  readonly place: Readonly<Record<string, string>> | null;
  readonly skipped: number;
  readonly walks: number;
  /** Excludes what fails after the beginning; ISO 8601 with microseconds. */
  readonly until: string;
  readonly canUndo: boolean;
}

/** A task that begins. */
export interface NewTask {
  readonly id: string;
  readonly kind: TaskKind;
  /** `running`, or `finished` for a change that its call carries out. */
  readonly state: 'running' | 'finished';
  readonly filter: DeadLetterFilter;
  readonly until: string;
  readonly limit: number | null;
  readonly rate: number;
  readonly actorType: string;
  readonly actorId: string;
  readonly reason: string | undefined;
  readonly total: number;
}

/** What one step of a walk changes. */
export interface TaskProgress {
  readonly done: number;
  readonly skipped: number;
  readonly walks: number;
  readonly place: Readonly<Record<string, string>> | null;
  readonly state: TaskState;
  readonly stateReason: string | null;
}

const ADD = prepared(`
  INSERT INTO zakops.dlq_tasks (id, kind, state, filter, filter_key, until, most, rate, actor_type, actor_id, reason, total, finished_at)
  VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7, $8, $9, $10, $11, $12, CASE WHEN $3 = 'finished' THEN statement_timestamp() END)
  ON CONFLICT (filter_key) WHERE state = 'running' DO NOTHING
  RETURNING ${TASK_COLUMNS}`);

const RUNNING = prepared(`SELECT id FROM zakops.dlq_tasks WHERE filter_key = $1 AND state = 'running'`);

// The condition is that of the index of open tasks.
const OPEN = prepared(`
  SELECT id, state, rate, done > delivered + dead_again + discarded + undone AND kind = 'redrive' AS follows FROM zakops.dlq_tasks
   WHERE state IN ('running', 'undoing') OR (kind = 'redrive' AND done > delivered + dead_again + discarded + undone)
   ORDER BY created_at LIMIT 50`);

const LOCK = prepared(`
  SELECT ${TASK_COLUMNS}, place, skipped, walks, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS until,
         coalesce(statement_timestamp() < ${UNDO_UNTIL}, state = 'running') AS "canUndo"
    FROM zakops.dlq_tasks WHERE id = $1 FOR UPDATE`);

const SET = prepared(`
  UPDATE zakops.dlq_tasks
     SET done = done + $2, skipped = $3, walks = $4, place = $5::jsonb, state = $6, state_reason = $7,
         started_at = coalesce(started_at, statement_timestamp()),
         finished_at = CASE WHEN $6 IN ('running', 'undoing') THEN finished_at ELSE statement_timestamp() END
   WHERE id = $1`);

const COUNT_UP = prepared(`
  UPDATE zakops.dlq_tasks SET delivered = delivered + $2, dead_again = dead_again + $3, discarded = discarded + $4, judged = $5, came_back = $6
   WHERE id = $1`);

const SET_STATE = prepared(`
  UPDATE zakops.dlq_tasks
     SET state = $2, state_reason = $3, place = CASE WHEN $2 = 'undoing' THEN NULL ELSE place END,
         finished_at = CASE WHEN $2 = 'undoing' THEN finished_at ELSE statement_timestamp() END
   WHERE id = $1 RETURNING ${TASK_COLUMNS}`);

const SET_RATE = prepared(`UPDATE zakops.dlq_tasks SET rate = $2 WHERE id = $1 RETURNING ${TASK_COLUMNS}`);

const UNDONE = prepared(`
  UPDATE zakops.dlq_tasks
     SET undone = undone + $2, place = $3::jsonb, state = $4,
         finished_at = CASE WHEN $4 = 'undone' THEN statement_timestamp() ELSE finished_at END
   WHERE id = $1`);

const BY_CALL = prepared(
  `UPDATE zakops.dlq_tasks SET done = done + $2, total = total + $2, finished_at = statement_timestamp() WHERE id = $1`,
);

const WAKE = prepared(`SELECT pg_notify('${TICKETS_CHANNEL}', '')`);

/** A task that has something to do. */
export interface OpenTask {
  readonly id: string;
  readonly state: TaskState;
  readonly rate: number;
  /** True while tickets have no outcome. */
  readonly follows: boolean;
}

/** Writes tasks. All times are the database's. */
@Injectable()
export class DlqTaskStore {
  /** Adds a task and wakes the worker; undefined when a task of the same filter is running. */
  async add(tx: Transaction, task: NewTask): Promise<DlqTask | undefined> {
    const { id, kind, state, filter, until, limit, rate, actorType, actorId, reason, total } = task;
    const stored = JSON.stringify(canonicalFilter(filter));
    const values = [id, kind, state, stored, filterKey(filter), until, limit, rate, actorType, actorId, reason ?? null, total];
    const [added] = await tx.query<DlqTask>(ADD, values);
    this.wake(tx);
    opsChanged(tx, 'tasks');
    return added;
  }

  /** The task of a filter that is running. */
  async running(tx: Transaction, filter: DeadLetterFilter): Promise<string | undefined> {
    const [row] = await tx.query<{ id: string }>(RUNNING, [filterKey(filter)]);
    return row?.id;
  }

  /** How many dead letters fit, and whether an instant has passed. */
  async count(tx: Transaction, filter: DeadLetterFilter, expiresAt: string | undefined): Promise<{ count: number; hasExpired: boolean }> {
    const parameters: unknown[] = [expiresAt ?? null];
    const events = needsEvents(filter) ? 'JOIN zakops.events e ON e.id = o.event_id' : '';
    const [row] = await tx.query<{ count: number; hasExpired: boolean }>(
      `SELECT count(*)::int AS count, coalesce($1::timestamptz < statement_timestamp(), false) AS "hasExpired"
         FROM ${TICKETS} o ${events} WHERE ${deadLetterCondition(filter, parameters)}`,
      parameters,
    );
    if (row === undefined) throw new Error('An aggregate gave no row.');
    return row;
  }

  /** Tasks that have something to do, oldest first. */
  async open(tx: Transaction): Promise<readonly OpenTask[]> {
    return tx.query<OpenTask>(OPEN);
  }

  /** Locks a task until the end of the transaction; undefined when there is none of this id. */
  async lock(tx: Transaction, id: string): Promise<LockedTask | undefined> {
    const [row] = await tx.query<LockedTask>(LOCK, [id]);
    return row;
  }

  /** Writes down how far a task has come. */
  async progress(tx: Transaction, id: string, { done, skipped, walks, place, state, stateReason }: TaskProgress): Promise<void> {
    opsChanged(tx, `tasks/${id}`);
    await tx.query(SET, [id, done, skipped, walks, place === null ? null : JSON.stringify(place), state, stateReason]);
  }

  /** Adds outcomes of redriven tickets. */
  async countUp(tx: Transaction, id: string, { outcomes }: FollowedTickets, judged: number, cameBack: number): Promise<void> {
    await tx.query(COUNT_UP, [id, outcomes.delivered, outcomes.deadAgain, outcomes.discarded, judged, cameBack]);
  }

  async setState(tx: Transaction, id: string, state: TaskState, stateReason: string | null): Promise<DlqTask> {
    this.wake(tx);
    opsChanged(tx, 'tasks');
    return one(await tx.query<DlqTask>(SET_STATE, [id, state, stateReason]));
  }

  async setRate(tx: Transaction, id: string, rate: number): Promise<DlqTask> {
    this.wake(tx);
    opsChanged(tx, `tasks/${id}`);
    return one(await tx.query<DlqTask>(SET_RATE, [id, rate]));
  }

  /** Writes down how far an undo has come. */
  async undone(tx: Transaction, id: string, count: number, place: Readonly<Record<string, string>> | null): Promise<void> {
    opsChanged(tx, `tasks/${id}`);
    await tx.query(UNDONE, [id, count, place === null ? null : JSON.stringify(place), place === null ? 'undone' : 'undoing']);
  }

  /** Adds what a call changed itself. */
  async countByCall(tx: Transaction, id: string, count: number): Promise<void> {
    await tx.query(BY_CALL, [id, count]);
  }

  private wake(tx: Transaction): void {
    tx.hintAfterCommit(WAKE, []);
  }
}

function one(rows: readonly DlqTask[]): DlqTask {
  const [row] = rows;
  if (row === undefined) throw new Error('A locked task was not there.');
  return row;
}
