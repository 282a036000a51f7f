import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { ReplayState, ReplayView } from '../replay/replay.js';
import { TICKETS_CHANNEL } from '../wake/wake-signal.js';
import { REPLAY_COLUMNS } from './replay.reader.js';

// Locked until the commit, so that the consumer is not removed meanwhile, and two replays are not begun at once.
const LOCK_CONSUMER = `SELECT 1 FROM zakops.consumer_progress WHERE consumer = $1 AND state = 'active' AND pattern IS NOT NULL FOR UPDATE`;

const OPEN_OF_CONSUMER = `SELECT id FROM zakops.replays WHERE consumer = $1 AND state IN ('queued', 'running')`;

const ADD = `
  INSERT INTO zakops.replays AS r (id, consumer, after_position, until_position, position, rate, reason, created_by)
  VALUES ($1, $2, $3, $4, $3, $5, $6, $7)
  RETURNING ${REPLAY_COLUMNS}`;

const LOCK = `SELECT state FROM zakops.replays WHERE id = $1 FOR UPDATE`;

const CANCEL = `
  UPDATE zakops.replays r SET state = 'cancelled', finished_at = now() WHERE r.id = $1 RETURNING ${REPLAY_COLUMNS}`;

const WAKE = prepared(`SELECT pg_notify('${TICKETS_CHANNEL}', '')`);

/** A replay to begin. */
export interface NewReplay {
  readonly id: string;
  readonly consumer: string;
  readonly afterPosition: number;
  readonly untilPosition: number | null;
  readonly rate: number;
  readonly reason: string | undefined;
  readonly createdBy: string;
}

/** The operators' side of `zakops.replays`; the worker is woken behind the commit. */
@Injectable()
export class ReplayAdminStore {
  /** Locks a consumer that replays can go to; false when there is none of this name. */
  async lockConsumer(tx: Transaction, consumer: string): Promise<boolean> {
    return (await tx.query(LOCK_CONSUMER, [consumer])).length > 0;
  }

  /** The replay to a consumer that is not finished, if there is one. */
  async openOf(tx: Transaction, consumer: string): Promise<string | undefined> {
    const [row] = await tx.query<{ id: string }>(OPEN_OF_CONSUMER, [consumer]);
    return row?.id;
  }

  /** Begins a replay. */
  async add(tx: Transaction, replay: NewReplay): Promise<ReplayView> {
    const { id, consumer, afterPosition, untilPosition, rate, reason, createdBy } = replay;
    const rows = await tx.query<ReplayView>(ADD, [id, consumer, afterPosition, untilPosition, rate, reason ?? null, createdBy]);
    tx.hintAfterCommit(WAKE, []);
    return one(rows);
  }

  /** The state of a replay, locked until the end of the transaction; undefined when there is none. */
  async lock(tx: Transaction, id: string): Promise<ReplayState | undefined> {
    const [row] = await tx.query<{ state: ReplayState }>(LOCK, [id]);
    return row?.state;
  }

  /** Cancels a replay; the portion under way is not committed. */
  async cancel(tx: Transaction, id: string): Promise<ReplayView> {
    const rows = await tx.query<ReplayView>(CANCEL, [id]);
    tx.hintAfterCommit(WAKE, []);
    return one(rows);
  }
}

function one(rows: readonly ReplayView[]): ReplayView {
  const [row] = rows;
  if (row === undefined) throw new Error('zakops.replays has lost a row.');
  return row;
}
