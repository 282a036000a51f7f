import { Database, prepared, READ_MAX_BYTES } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { ChainHead, ChainLink } from '../chain/link-hash.js';
import { DOCUMENT_BYTES, ENTRY_COLUMNS, instantText } from '../chain/stored-entry.js';
import type { StoredEntry } from '../chain/stored-entry.js';

const LINKS_AT_ONCE = 250;
const ENTRIES_AT_ONCE = 20_000;

// LINKS and UNCHAINED are not prepared: each run plans for the present size of the tables.

// With ties, so that links of one position are always in one batch, also where the batch ends by its bytes: a second link must not be skipped.
const LINKS = `
  SELECT * FROM (
    SELECT *, sum(row_bytes) OVER (ORDER BY position RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before FROM (
  SELECT c.position, c.entry_id, encode(c.prev_hash, 'hex') AS prev_hash, encode(c.hash, 'hex') AS hash,
         ${instantText('c.chained_at')} AS chained_at, ${ENTRY_COLUMNS},
         ${DOCUMENT_BYTES} AS row_bytes
    FROM zakops.audit_chain c LEFT JOIN zakops.audit_log l ON l.id = c.entry_id
   WHERE c.position > $1 AND c.position <= $2
   ORDER BY c.position
   FETCH FIRST ${String(LINKS_AT_ONCE)} ROWS WITH TIES) AS listed) AS batch
   WHERE coalesce(bytes_before, 0) < ${String(READ_MAX_BYTES)}
   ORDER BY position`;

const HASH_AT = prepared(`SELECT encode(hash, 'hex') AS hash FROM zakops.audit_chain WHERE position = $1`);

const START = prepared(`SELECT position, encode(hash, 'hex') AS hash FROM zakops.audit_chain_start`);

// One statement sees one snapshot: an entry has its row in the queue there, or its link.
const UNCHAINED = `
  WITH page AS MATERIALIZED (
    SELECT id FROM zakops.audit_log WHERE id > $1 ORDER BY id LIMIT ${String(ENTRIES_AT_ONCE)}
  )
  SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS last,
         ARRAY (SELECT id::text FROM page WHERE NOT EXISTS (SELECT 1 FROM zakops.audit_chain c WHERE c.entry_id = page.id)
                   AND NOT EXISTS (SELECT 1 FROM zakops.audit_pending p WHERE p.entry_id = page.id) ORDER BY id) AS unchained`;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** A link and its entry, which is undefined when it is gone. */
export interface LinkedEntry {
  readonly link: ChainLink;
  readonly entry: StoredEntry | undefined;
}

interface LinkRow {
  /** int8 comes as text from the driver. */
  readonly position: string;
  readonly entry_id: string;
  readonly prev_hash: string;
  readonly hash: string;
  readonly chained_at: string;
}

/** Reads the chain in batches, in bounded memory. */
@Injectable()
export class AuditChainReader {
  constructor(private readonly database: Database) {}

  /** Links with their entries, after one position and up to another, in order. A batch has about 250 links, or bounded bytes. */
  async *links(after: number, to: number, signal?: AbortSignal): AsyncGenerator<readonly LinkedEntry[]> {
    for (let last = after; last < to;) {
      signal?.throwIfAborted();
      const rows = await this.database.query<LinkRow & (StoredEntry | { readonly id: null })>(LINKS, [last, to]);
      const next = rows.at(-1);
      if (next === undefined) return;
      yield rows.map((row) => ({
        link: {
          position: Number(row.position),
          entryId: row.entry_id,
          prevHash: row.prev_hash,
          hash: row.hash,
          chainedAt: row.chained_at,
        },
        entry: row.id === null ? undefined : row,
      }));
      last = Number(next.position);
    }
  }

  /** The last link that retention has removed; position 0 with the hash of the beginning when it has removed none. */
  async start(): Promise<ChainHead> {
    const [row] = await this.database.query<{ position: string; hash: string }>(START);
    if (row === undefined) throw new Error('zakops.audit_chain_start has lost its row.');
    return { position: Number(row.position), hash: row.hash };
  }

  /** The hash of one link; undefined when there is none. */
  async hashAt(position: number): Promise<string | undefined> {
    const [row] = await this.database.query<{ hash: string }>(HASH_AT, [position]);
    return row?.hash;
  }

  /** Ids of entries that have no link and are not in the queue, in batches that may be empty. */
  async *unchained(signal?: AbortSignal): AsyncGenerator<readonly string[]> {
    for (let after = FIRST_ID; ;) {
      signal?.throwIfAborted();
      const [page] = await this.database.query<{ last: string | null; unchained: readonly string[] }>(UNCHAINED, [after]);
      if (page?.last === undefined || page.last === null) return;
      yield page.unchained;
      after = page.last;
    }
  }
}
