import { Database, hasCome, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { Anchor, AnchorReport } from './anchor.js';

// ASCII "zakopsaa".
const ANCHOR_LOCK = '8817434119229432161';

const TRY_LOCK = prepared(`SELECT pg_try_advisory_xact_lock(${ANCHOR_LOCK}) AS locked`);

// By the clock of the database. An anchor from the future was sent before the clock was set back: the next one does not wait for that time.
const DUE = prepared(`
  SELECT h.position, encode(h.hash, 'hex') AS hash, clock_timestamp() AS at
    FROM (SELECT position, hash FROM zakops.audit_chain ORDER BY position DESC LIMIT 1) h
    LEFT JOIN (SELECT position, anchored_at, failures FROM zakops.audit_anchors ORDER BY id DESC LIMIT 1) a ON true
   WHERE a.anchored_at IS NULL
      OR ((a.anchored_at <= clock_timestamp() - make_interval(secs => $1) OR NOT ${hasCome('a.anchored_at', 'clock_timestamp()')})
          AND (h.position <> a.position OR a.failures <> '{}'))`);

const WRITE = prepared(`
  INSERT INTO zakops.audit_anchors (position, hash, anchored_at, targets, failures)
  VALUES ($1, decode($2, 'hex'), $3, $4::text[], $5::jsonb)`);

const LAST = prepared(`
  SELECT position, encode(hash, 'hex') AS hash, anchored_at, targets, failures FROM zakops.audit_anchors ORDER BY id DESC LIMIT 1`);

interface AnchorRow {
  /** int8 comes as text from the driver. */
  readonly position: string;
  readonly hash: string;
  readonly anchored_at: Date;
  readonly targets: readonly string[];
  readonly failures: Readonly<Record<string, string>>;
}

/** Writes and reads the anchors that were sent. */
@Injectable()
export class AnchorStore {
  constructor(private readonly database: Database) {}

  /** Keeps other processes from anchoring until the transaction ends; false when one of them is anchoring. */
  async tryLock(tx: Transaction): Promise<boolean> {
    const [row] = await tx.query<{ locked: boolean }>(TRY_LOCK);
    return row?.locked === true;
  }

  /** The anchor to send now; undefined before the interval has passed, or when the last anchor succeeded and the chain has not grown. */
  async due(intervalMs: number, tx: Pick<Transaction, 'query'> | undefined): Promise<Anchor | undefined> {
    const [row] = await (tx ?? this.database).query<{ position: string; hash: string; at: Date }>(DUE, [intervalMs / 1_000]);
    return row === undefined ? undefined : { position: Number(row.position), hash: row.hash, at: row.at.toISOString() };
  }

  async write(tx: Transaction, { position, hash, at, targets, failures }: AnchorReport): Promise<void> {
    await tx.query(WRITE, [position, hash, at, targets, JSON.stringify(failures)]);
  }

  /** The last anchor that was sent; null before the first. */
  async last(): Promise<AnchorReport | null> {
    const [row] = await this.database.query<AnchorRow>(LAST);
    if (row === undefined) return null;
    const { position, hash, anchored_at: at, targets, failures } = row;
    return { position: Number(position), hash, at: at.toISOString(), targets, failures };
  }
}
