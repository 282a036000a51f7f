import { Database, prepared, toWalkBegin } from '#zakops/database';
import type { BatchedRead, ByteCount, WalkBeginColumns } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { DealNotFoundError, DealReplacedError } from '../domain/deal.errors.js';
import type { DealSnapshot } from '../domain/deal-snapshot.js';
import type { DealFilter, DealOrder, DealPageStart, DealPlace, FixedDealPlace } from '../views/deal-list.js';
import { toPageOfBytes } from '../views/page.js';
import type { Page } from '../views/page.js';
import { DEAL_SNAPSHOT_COLUMNS, toDealSnapshot } from './deal-snapshot-row.js';
import type { DealSnapshotRow } from './deal-snapshot-row.js';
import { SURVIVOR } from './survivor-statement.js';
import { listDealsInOrderStatement, listDealsStatement } from './list-deals-statement.js';

/** The columns of the walk are those of its first page. */
type DealListRow = DealSnapshotRow & { readonly updated_at_exact: string } & ByteCount & WalkBeginColumns;

const ONE_BY_ID = prepared(`SELECT ${DEAL_SNAPSHOT_COLUMNS} FROM zakops.deals d WHERE d.deal_id = ANY($1::text[]) AND NOT d.deleted`);

/** Reads deals for answers. Deleted deals do not exist for it. */
@Injectable()
export class DealReader {
  readonly #one: BatchedRead<DealSnapshotRow>;

  constructor(private readonly database: Database) {
    this.#one = database.batchedRead<DealSnapshotRow>(ONE_BY_ID, (row) => row.deal_id);
  }

  /**
   * @throws DealNotFoundError
   * @throws DealReplacedError when another deal goes on in its place
   */
  async get(dealId: string): Promise<DealSnapshot> {
    const row = await this.#one.get(dealId);
    if (row === undefined) throw new DealNotFoundError(dealId);
    if (row.merged_into !== null) throw new DealReplacedError(dealId, await this.survivorOf(row.merged_into));
    return toDealSnapshot(row);
  }

  /** As {@link get}, but a merged deal as it is. @throws DealNotFoundError */
  async stored(dealId: string): Promise<DealSnapshot> {
    const row = await this.#one.get(dealId);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return toDealSnapshot(row);
  }

  /** The stage of a deal. @throws DealNotFoundError */
  async stageOf(dealId: string): Promise<string> {
    const [row] = await this.database.query<{ stage: string }>('SELECT stage FROM zakops.deals WHERE deal_id = $1 AND NOT deleted', [
      dealId,
    ]);
    if (row === undefined) throw new DealNotFoundError(dealId);
    return row.stage;
  }

  /**
   * A part of the list. A walk that goes on at `next` shows every deal that is there throughout, whatever changes meanwhile; a deal comes
   * again when it was changed after it was shown.
   *
   * @param limit - deals, 1 to 200
   */
  async list(filter: DealFilter, limit: number, start: DealPageStart): Promise<Page<DealSnapshot, DealPlace>> {
    const page = toPageOfBytes(await this.rows(filter, limit, start), limit, toDealSnapshot, (row) => placeOf(row, start));
    // A first page that is the last one was read at once: nothing can have changed place.
    if (page.next !== null || !('after' in start) || start.after.part !== 'listed') return page;
    const ended: DealPlace = { ...start.after, part: 'ended' };
    const changed = await this.rows(filter, 0, { after: ended });
    return changed.length === 0 ? page : { items: page.items, next: ended };
  }

  /** A part of the list in an order that never changes: a walk misses no deal that is there throughout. */
  async listInOrder(
    filter: DealFilter,
    order: Exclude<DealOrder, 'updated_at'>,
    limit: number,
    start: { readonly offset: number } | { readonly after: FixedDealPlace },
  ): Promise<Page<DealSnapshot, FixedDealPlace>> {
    const { text, parameters } = listDealsInOrderStatement(filter, order, limit, start);
    const rows = await this.database.query<DealSnapshotRow & ByteCount & { readonly created_at_exact: string }>(text, parameters);
    return toPageOfBytes(rows, limit, toDealSnapshot, (row) => ({ dealId: row.deal_id, createdAt: row.created_at_exact }));
  }

  /** Merged deals may be merged again: the deal at the end of the chain. */
  private async survivorOf(dealId: string): Promise<string> {
    const [last] = await this.database.query<{ id: string }>(SURVIVOR, [dealId]);
    return last?.id ?? dealId;
  }

  private async rows(filter: DealFilter, limit: number, start: DealPageStart): Promise<readonly DealListRow[]> {
    const { text, parameters } = listDealsStatement(filter, limit, start);
    return this.database.query<DealListRow>(text, parameters);
  }
}

function placeOf(row: DealListRow, start: DealPageStart): DealPlace {
  const behind = { dealId: row.deal_id, updatedAt: row.updated_at_exact };
  if (!('after' in start)) return { part: 'listed', ...behind, begin: toWalkBegin(row) };
  const { part, begin } = start.after;
  return { part: part === 'listed' ? 'listed' : 'changed', ...behind, begin };
}
