import { boundedByBytes, Database, prepared, READ_MAX_BYTES, toBoundedPage } from '#zakops/database';
import type { ByteCount } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { ItemNotFoundError } from '../domain/quarantine.errors.js';
import type { ItemFilter, ItemPlace, ItemView, ItemWithBody, NoteView, QueueStats } from '../views/item.js';
import { ITEM_COLUMNS, RANK } from './item.columns.js';
import type { ItemRow } from './item.columns.js';
import { withDefaults } from './item.repository.js';

const ONE = prepared(`SELECT ${ITEM_COLUMNS}, q.body FROM zakops.quarantine_items q WHERE q.id = $1`);
const OF_DEAL = prepared(`
  SELECT ${ITEM_COLUMNS} FROM zakops.quarantine_items q WHERE q.deal_id = $1 AND ($2::uuid IS NULL OR q.id > $2) ORDER BY q.id LIMIT $3`);
const NOTES = prepared(`
  SELECT id, content, author, created_at AS "createdAt" FROM zakops.quarantine_notes
   WHERE item_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`);
const STATS = prepared(`
  SELECT count(*)::int AS pending, count(*) FILTER (WHERE urgency = 'HIGH')::int AS high, min(created_at) AS "oldestAt"
    FROM zakops.quarantine_items WHERE status = 'pending' AND NOT hidden`);

/** A part of a list, and the place after which the next part begins; null at the end. */
export interface Page<T, K> {
  readonly items: readonly T[];
  readonly next: K | null;
}

type ListRow = ItemRow & ByteCount & { readonly rank: number; readonly at: string };

/** Reads items for answers. */
@Injectable()
export class ItemReader {
  constructor(private readonly database: Database) {}

  /** @throws ItemNotFoundError */
  async get(id: string): Promise<ItemWithBody> {
    const [row] = await this.database.query<ItemRow>(ONE, [id]);
    if (row === undefined) throw new ItemNotFoundError(id);
    return { ...row, clues: withDefaults(row.clues) };
  }

  /** By urgency, then newest first. */
  async list(
    filter: ItemFilter,
    limit: number,
    start: { readonly offset: number } | { readonly after: ItemPlace },
  ): Promise<Page<ItemView, ItemPlace>> {
    const parameters: unknown[] = [filter.status];
    const parameter = (value: unknown): string => `$${String(parameters.push(value))}`;
    const conditions = ['q.status = $1', filter.hidden ? 'q.hidden' : 'NOT q.hidden'];
    if (filter.classification !== undefined) conditions.push(`q.classification = ${parameter(filter.classification)}`);
    if (filter.urgency !== undefined) conditions.push(`q.urgency = ${parameter(filter.urgency)}`);
    if (filter.sender !== undefined) conditions.push(`zakops.sender_address(q.sender) = ${parameter(filter.sender)}`);
    if ('after' in start) {
      const [rank, at, id] = [parameter(start.after.rank), parameter(start.after.at), parameter(start.after.id)];
      conditions.push(`(${RANK} > ${rank}::int OR (${RANK} = ${rank}::int AND (q.created_at, q.id) < (${at}::timestamptz, ${id}::uuid)))`);
    }
    const text = boundedByBytes({
      columns: `${ITEM_COLUMNS}, ${RANK} AS rank, to_char(q.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at`,
      bytes: 'octet_length(q.links::text) + octet_length(q.attachments::text) + octet_length(q.clues::text)',
      from: `FROM zakops.quarantine_items q WHERE ${conditions.join(' AND ')}`,
      order: `${RANK}, q.created_at DESC, q.id DESC`,
      outerOrder: 'rank, at DESC, id DESC',
      limit: `${parameter(limit + 1)} OFFSET ${parameter('offset' in start ? start.offset : 0)}`,
      maxBytes: parameter(READ_MAX_BYTES),
    });
    const { rows, more } = toBoundedPage(await this.database.query<ListRow>(text, parameters), limit, READ_MAX_BYTES);
    const last = rows.at(-1);
    return {
      items: rows.map((row) => ({ ...row, clues: withDefaults(row.clues) })),
      next: more && last !== undefined ? { rank: String(last.rank), at: last.at, id: last.id } : null,
    };
  }

  /** The mail that belongs to a deal, by id. @param after - the id of the item before */
  async ofDeal(dealId: string, limit: number, after: string | undefined): Promise<Page<ItemView, string>> {
    const found = await this.database.query<ItemRow>(OF_DEAL, [dealId, after ?? null, limit + 1]);
    const rows = found.slice(0, limit);
    return {
      items: rows.map((row) => ({ ...row, clues: withDefaults(row.clues) })),
      next: found.length > limit ? (rows.at(-1)?.id ?? null) : null,
    };
  }

  /** Oldest first. */
  async notes(itemId: string, limit: number, after: string | undefined): Promise<Page<NoteView, string>> {
    const rows = await this.database.query<NoteView & Record<string, unknown>>(NOTES, [itemId, after ?? null, limit + 1]);
    const shown = rows.slice(0, limit);
    return { items: shown, next: rows.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  async stats(): Promise<QueueStats> {
    const [row] = await this.database.query<QueueStats & Record<string, unknown>>(STATS);
    return row ?? { pending: 0, high: 0, oldestAt: null };
  }
}
