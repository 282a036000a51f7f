import { Database, prepared, READ_MAX_BYTES } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { GENESIS_HASH } from './link-hash.js';
import type { ChainHead, ChainLink } from './link-hash.js';
import { DOCUMENT_BYTES, ENTRY_COLUMNS } from './stored-entry.js';
import type { StoredEntry } from './stored-entry.js';

// Any number will do; it only has to be the same in every version. ASCII "zakopsac".
const CHAIN_LOCK = '8817434119229432163';

const HAS_PENDING = prepared('SELECT EXISTS (SELECT 1 FROM zakops.audit_pending) AS pending');
// A process that is paused while it holds the lock is cut off by the server, or nobody could chain any more.
const CUT_OFF_IDLE = `set_config('idle_in_transaction_session_timeout', '5s', true)`;
const LOCK = prepared(`SELECT pg_advisory_xact_lock(${CHAIN_LOCK}), ${CUT_OFF_IDLE}`);
const TRY_LOCK = prepared(`SELECT pg_try_advisory_xact_lock(${CHAIN_LOCK}) AS locked, ${CUT_OFF_IDLE}`);
const HEAD = prepared(`SELECT position, encode(hash, 'hex') AS hash FROM zakops.audit_chain ORDER BY position DESC LIMIT 1`);
const NOW = prepared(`SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now`);

// Not prepared: a plan from when the chain was short would read all of it for ever. Planning is little beside a batch.
// An entry that is in the chain already may be in the queue again, if somebody wrote there; one that is gone shows as missing later.
const TAKE = `
  WITH waiting AS MATERIALIZED (
    SELECT p.tid, p.entry_id, ${DOCUMENT_BYTES} AS row_bytes
      FROM (SELECT ctid AS tid, entry_id FROM zakops.audit_pending LIMIT $1) p LEFT JOIN zakops.audit_log l ON l.id = p.entry_id
  ), summed AS (
    SELECT tid, row_bytes, sum(row_bytes) OVER (ORDER BY entry_id ROWS UNBOUNDED PRECEDING) AS page_bytes FROM waiting
  ), taken AS (
    DELETE FROM zakops.audit_pending
     WHERE ctid = ANY (ARRAY (SELECT tid FROM summed WHERE page_bytes - row_bytes < ${String(READ_MAX_BYTES)}))
    RETURNING entry_id
  )
  SELECT t.entry_id, (SELECT count(*) FROM waiting)::int AS waiting, EXISTS (SELECT 1 FROM zakops.audit_chain c WHERE c.entry_id = t.entry_id) AS chained, ${ENTRY_COLUMNS}
    FROM taken t LEFT JOIN zakops.audit_log l ON l.id = t.entry_id
   ORDER BY t.entry_id`;

const APPEND = `
  INSERT INTO zakops.audit_chain (position, entry_id, prev_hash, hash, chained_at)
  SELECT position, entry_id, decode(prev_hash, 'hex'), decode(hash, 'hex'), chained_at
    FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) AS link(position, entry_id, prev_hash, hash, chained_at)`;

/** What the queue held. */
export interface PendingEntry {
  readonly entryId: string;
  /** True when it has a place in the chain already. */
  readonly chained: boolean;
  /** Undefined when it is gone. */
  readonly entry: StoredEntry | undefined;
}

/** A part of the queue. */
export interface PendingBatch {
  readonly entries: readonly PendingEntry[];
  /** Whether the queue may hold more of what was committed when it was asked. */
  readonly more: boolean;
}

type TakenRow = { readonly entry_id: string; readonly waiting: number; readonly chained: boolean } & (StoredEntry | { readonly id: null });

/** The SQL of the chain and of the queue before it. */
@Injectable()
export class AuditChainStore {
  constructor(private readonly database: Database) {}

  /** True when committed entries wait for their place. Cheap: the queue holds nothing else. */
  async hasPending(): Promise<boolean> {
    const [row] = await this.database.query<{ pending: boolean }>(HAS_PENDING);
    return row?.pending === true;
  }

  /** The last link. */
  async head(): Promise<ChainHead> {
    return toHead(await this.database.query<HeadRow>(HEAD));
  }

  /** Keeps every other chainer out until the transaction ends. The next statement sees what the one before has committed. */
  async lock(tx: Transaction): Promise<void> {
    await tx.query(LOCK);
  }

  /** As {@link lock}, but false at once when another chainer is at work. */
  async tryLock(tx: Transaction): Promise<boolean> {
    const [row] = await tx.query<{ locked: boolean }>(TRY_LOCK);
    return row?.locked === true;
  }

  /** The last link, for who holds the lock. */
  async lockedHead(tx: Transaction): Promise<ChainHead & { readonly now: string }> {
    const [head, now] = await Promise.all([tx.query<HeadRow>(HEAD), tx.query<{ now: string }>(NOW)]);
    return { ...toHead(head), now: now[0]?.now ?? '' };
  }

  /** Takes at most `limit` entries of bounded bytes out of the queue, in the order of their ids. Only for who holds the lock. */
  async take(tx: Transaction, limit: number): Promise<PendingBatch> {
    const rows = await tx.query<TakenRow>(TAKE, [limit]);
    const waiting = rows[0]?.waiting ?? 0;
    const entries = rows.map((row) => ({ entryId: row.entry_id, chained: row.chained, entry: row.id === null ? undefined : row }));
    return { entries, more: waiting === limit || waiting > rows.length };
  }

  /** Adds links to the end. */
  async append(tx: Transaction, links: readonly ChainLink[]): Promise<void> {
    await tx.query(APPEND, [
      links.map((link) => link.position),
      links.map((link) => link.entryId),
      links.map((link) => link.prevHash),
      links.map((link) => link.hash),
      links.map((link) => link.chainedAt),
    ]);
  }
}

interface HeadRow {
  /** int8 comes as text from the driver. */
  readonly position: string;
  readonly hash: string;
}

function toHead([row]: readonly HeadRow[]): ChainHead {
  return row === undefined ? { position: 0, hash: GENESIS_HASH } : { position: Number(row.position), hash: row.hash };
}
