import { Database, prepared, READ_MAX_BYTES } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { GENESIS_HASH } from './link-hash.js';
import type { ChainHead, ChainLink } from './link-hash.js';
import { DOCUMENT_BYTES, ENTRY_COLUMNS } from './stored-entry.js';
import type { StoredEntry } from './stored-entry.js';

// The same number in every version. ASCII "zakopsac".
const CHAIN_LOCK = '8817434119229432163';

const HAS_PENDING = prepared('SELECT EXISTS (SELECT 1 FROM zakops.audit_pending) AS pending');
// The server disconnects a process that is frozen while it holds the lock, so that another one can chain.
const CUT_OFF_IDLE = `set_config('idle_in_transaction_session_timeout', '5s', true)`;
const LOCK = prepared(`SELECT pg_advisory_xact_lock(${CHAIN_LOCK}), ${CUT_OFF_IDLE}`);
const TRY_LOCK = prepared(`SELECT pg_try_advisory_xact_lock(${CHAIN_LOCK}) AS locked, ${CUT_OFF_IDLE}`);
const HEAD = prepared(`SELECT position, encode(hash, 'hex') AS hash FROM zakops.audit_chain ORDER BY position DESC LIMIT 1`);
const NOW = prepared(`SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now`);

// Not prepared: a plan for a short chain would keep reading all of it. Planning costs little beside a batch.
// An entry that is chained already may be in the queue again, if the queue was tampered with. An entry that is gone is found by a verification.
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

/** An entry of the queue. */
export interface PendingEntry {
  readonly entryId: string;
  /** True when the entry has a link already. */
  readonly chained: boolean;
  /** Undefined when the entry is gone. */
  readonly entry: StoredEntry | undefined;
}

/** Entries that were taken out of the queue. */
export interface PendingBatch {
  readonly entries: readonly PendingEntry[];
  /** Whether the queue may hold more entries. */
  readonly more: boolean;
}

type TakenRow = { readonly entry_id: string; readonly waiting: number; readonly chained: boolean } & (StoredEntry | { readonly id: null });

/** Writes and reads the chain, and the queue of entries to chain. */
@Injectable()
export class AuditChainStore {
  constructor(private readonly database: Database) {}

  /** True when committed entries wait in the queue. */
  async hasPending(): Promise<boolean> {
    const [row] = await this.database.query<{ pending: boolean }>(HAS_PENDING);
    return row?.pending === true;
  }

  /** The last link. */
  async head(): Promise<ChainHead> {
    return toHead(await this.database.query<HeadRow>(HEAD));
  }

  /** Waits until no other process chains, and keeps others from chaining until the transaction ends. */
  async lock(tx: Transaction): Promise<void> {
    await tx.query(LOCK);
  }

  /** As {@link lock}, but gives false when another process chains. */
  async tryLock(tx: Transaction): Promise<boolean> {
    const [row] = await tx.query<{ locked: boolean }>(TRY_LOCK);
    return row?.locked === true;
  }

  /** The last link, and the time. Requires the lock. */
  async lockedHead(tx: Transaction): Promise<ChainHead & { readonly now: string }> {
    const [head, now] = await Promise.all([tx.query<HeadRow>(HEAD), tx.query<{ now: string }>(NOW)]);
    return { ...toHead(head), now: now[0]?.now ?? '' };
  }

  /** Takes at most `limit` entries, of bounded bytes, out of the queue, in the order of their ids. Requires the lock. */
  async take(tx: Transaction, limit: number): Promise<PendingBatch> {
    const rows = await tx.query<TakenRow>(TAKE, [limit]);
    const waiting = rows[0]?.waiting ?? 0;
    const entries = rows.map((row) => ({ entryId: row.entry_id, chained: row.chained, entry: row.id === null ? undefined : row }));
    return { entries, more: waiting === limit || waiting > rows.length };
  }

  /** Appends links. */
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
