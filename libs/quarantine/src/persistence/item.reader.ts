import { boundedByBytes, Database, exactInstant, prepared, READ_MAX_BYTES, toBoundedPage } from '#zakops/database';
import type { ByteCount } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { ItemNotFoundError } from '../domain/quarantine.errors.js';
import type { ItemFilter, ItemPlace, ItemView, ItemWithBody, NoteView, QueueStats } from '../views/item.js';
import { ITEM_COLUMNS, RANK } from './item.columns.js';
import type { ItemRow } from './item.columns.js';
import { withDefaults } from './item.repository.js';

const ONE = prepared(`SELECT ${ITEM_COLUMNS}, q.body FROM zakops.quarantine_items q WHERE q.id = $1`);
const EXISTS = prepared('SELECT 1 FROM zakops.quarantine_items WHERE id = $1');
const BYTES = 'octet_length(q.links::text) + octet_length(q.attachments::text) + octet_length(q.clues::text)';
// The mail of deals that were merged into it, too.
const OF_DEAL = prepared(`
  WITH RECURSIVE merged AS (
    SELECT $1::text AS deal_id UNION SELECT d.deal_id FROM zakops.deals d JOIN merged m ON d.merged_into = m.deal_id
  ) ${boundedByBytes({
    columns: ITEM_COLUMNS,
    bytes: BYTES,
    from: 'FROM zakops.quarantine_items q WHERE q.deal_id IN (SELECT deal_id FROM merged) AND ($2::uuid IS NULL OR q.id > $2)',
    order: 'q.id',
    outerOrder: 'id',
    limit: '$3',
    maxBytes: '$4',
  })}`);
const NOTES = prepared(
  boundedByBytes({
    columns: 'n.id, n.content, n.author, n.created_at AS "createdAt"',
    bytes: 'octet_length(n.content)',
    from: 'FROM zakops.quarantine_notes n WHERE n.item_id = $1 AND ($2::uuid IS NULL OR n.id > $2)',
    order: 'n.id',
    outerOrder: 'id',
    limit: '$3',
    maxBytes: '$4',
  }),
);
const STATS = prepared(`
  SELECT count(*)::int AS pending, count(*) FILTER (WHERE urgency = 'HIGH')::int AS high, min(created_at) AS "oldestAt"
    FROM zakops.quarantine_items WHERE status = 'pending' AND NOT hidden AND duplicate_of IS NULL`);

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

  /** @throws ItemNotFoundError */
  async requireItem(id: string): Promise<void> {
    const [row] = await this.database.query(EXISTS, [id]);
    if (row === undefined) throw new ItemNotFoundError(id);
  }

  /** By urgency, then newest first. */
  async list(
    filter: ItemFilter,
    limit: number,
    start: { readonly offset: number } | { readonly after: ItemPlace },
  ): Promise<Page<ItemView, ItemPlace>> {
    const parameters: unknown[] = [filter.status];
    const parameter = (value: unknown): string => `$${String(parameters.push(value))}`;
    const conditions = ['q.status = $1', 'q.duplicate_of IS NULL', filter.hidden ? 'q.hidden' : 'NOT q.hidden'];
    if (filter.classification !== undefined) conditions.push(`q.classification = ${parameter(filter.classification)}`);
    if (filter.urgency !== undefined) conditions.push(`q.urgency = ${parameter(filter.urgency)}`);
    if (filter.sender !== undefined) conditions.push(`zakops.sender_address(q.sender) = ${parameter(filter.sender)}`);
    if ('after' in start) {
      const [rank, at, id] = [parameter(start.after.rank), parameter(start.after.at), parameter(start.after.id)];
      conditions.push(`(${RANK} > ${rank}::int OR (${RANK} = ${rank}::int AND (q.created_at, q.id) < (${at}::timestamptz, ${id}::uuid)))`);
    }
    const text = boundedByBytes({
      columns: `${ITEM_COLUMNS}, ${RANK} AS rank, ${exactInstant('q.created_at')} AS at`,
      bytes: BYTES,
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
    const found = await this.database.query<ItemRow & ByteCount>(OF_DEAL, [dealId, after ?? null, limit + 1, READ_MAX_BYTES]);
    const { rows, more } = toBoundedPage(found, limit, READ_MAX_BYTES);
    return {
      items: rows.map((row) => ({ ...row, clues: withDefaults(row.clues) })),
      next: more ? (rows.at(-1)?.id ?? null) : null,
    };
  }

  /** Oldest first. */
  async notes(itemId: string, limit: number, after: string | undefined): Promise<Page<NoteView, string>> {
    const found = await this.database.query<NoteView & ByteCount & Record<string, unknown>>(NOTES, [
      itemId,
      after ?? null,
      limit + 1,
      READ_MAX_BYTES,
    ]);
    const { rows, more } = toBoundedPage(found, limit, READ_MAX_BYTES);
    return { items: rows, next: more ? (rows.at(-1)?.id ?? null) : null };
  }

  async stats(): Promise<QueueStats> {
    const [row] = await this.database.query<QueueStats & Record<string, unknown>>(STATS);
    return row ?? { pending: 0, high: 0, oldestAt: null };
  }
}
