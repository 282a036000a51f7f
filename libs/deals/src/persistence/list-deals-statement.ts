import { boundedByBytes, exactInstant, READ_MAX_BYTES, unseenByWalk, walkBegin } from '#zakops/database';
import type { DealFilter, DealOrder, DealPageStart, FixedDealPlace } from '../views/deal-list.js';
import { DEAL_SNAPSHOT_COLUMNS } from './deal-snapshot-row.js';

// A Date has no microseconds, and the place of a deal in the list needs them.
const COLUMNS = `${DEAL_SNAPSHOT_COLUMNS}, ${exactInstant('d.updated_at')} AS updated_at_exact`;

const DOCUMENT_BYTES = ['identifiers', 'company_info', 'broker', 'metadata', 'email_thread_ids']
  .map((column) => `octet_length(d.${column}::text)`)
  .join(' + ');

/**
 * Longer than a transaction of ours goes on behind the statement that changes a deal, and than a clock is set back as a rule. It lets the index find what
 * changed since a walk began; the exact answer is that of {@link unseenByWalk}.
 */
const MARGIN = `interval '10 minutes'`;

/** A statement with its values. */
interface DealStatement {
  readonly text: string;
  readonly parameters: unknown[];
}

/** The statement of a page, with one row more than `limit`. */
export function listDealsStatement(filter: DealFilter, limit: number, start: DealPageStart): DealStatement {
  const { parameters, parameter, conditions } = filtered(filter);
  let isById = false;
  if ('after' in start) {
    const { part, dealId, updatedAt, begin } = start.after;
    const unseen = unseenByWalk('d', { nextXid: parameter(begin.nextXid), running: parameter(begin.running) });
    isById = part !== 'listed';
    if (isById) {
      conditions.push(unseen, `d.updated_at > ${parameter(begin.at)}::timestamptz - ${MARGIN}`);
      if (part === 'changed') conditions.push(`d.deal_id > ${parameter(dealId)}`);
    } else {
      // A change that was committed meanwhile may carry an earlier time, and would come here and among the changed ones.
      conditions.push(`NOT ${unseen}`, `(d.updated_at, d.deal_id) < (${parameter(updatedAt)}::timestamptz, ${parameter(dealId)})`);
    }
  }
  const text = boundedByBytes({
    columns: 'after' in start ? COLUMNS : `${COLUMNS}, ${walkBegin()}`,
    bytes: DOCUMENT_BYTES,
    from: `FROM zakops.deals d WHERE ${conditions.join(' AND ')}`,
    order: isById ? 'd.deal_id' : 'd.updated_at DESC, d.deal_id DESC',
    outerOrder: isById ? 'deal_id' : 'updated_at DESC, deal_id DESC',
    limit: `${parameter(limit + 1)} OFFSET ${parameter('offset' in start ? start.offset : 0)}`,
    maxBytes: parameter(READ_MAX_BYTES),
  });
  return { text, parameters };
}

/** The statement of a page in an order that never changes, with one row more than `limit`. */
export function listDealsInOrderStatement(
  filter: DealFilter,
  order: Exclude<DealOrder, 'updated_at'>,
  limit: number,
  start: { readonly offset: number } | { readonly after: FixedDealPlace },
): DealStatement {
  const { parameters, parameter, conditions } = filtered(filter);
  if ('after' in start) {
    const { dealId, createdAt } = start.after;
    conditions.push(
      order === 'deal_id'
        ? `d.deal_id > ${parameter(dealId)}`
        : `(d.created_at, d.deal_id) < (${parameter(createdAt)}::timestamptz, ${parameter(dealId)})`,
    );
  }
  const text = boundedByBytes({
    columns: `${DEAL_SNAPSHOT_COLUMNS}, ${exactInstant('d.created_at')} AS created_at_exact`,
    bytes: DOCUMENT_BYTES,
    from: `FROM zakops.deals d WHERE ${conditions.join(' AND ')}`,
    order: order === 'deal_id' ? 'd.deal_id' : 'd.created_at DESC, d.deal_id DESC',
    outerOrder: order === 'deal_id' ? 'deal_id' : 'created_at DESC, deal_id DESC',
    limit: `${parameter(limit + 1)} OFFSET ${parameter('offset' in start ? start.offset : 0)}`,
    maxBytes: parameter(READ_MAX_BYTES),
  });
  return { text, parameters };
}

function filtered(filter: DealFilter): { parameters: unknown[]; parameter: (value: unknown) => string; conditions: string[] } {
  const parameters: unknown[] = [filter.status];
  const conditions = ['NOT d.deleted', 'd.status = $1'];
  const parameter = (value: unknown): string => `$${String(parameters.push(value))}`;
  if (filter.stage !== undefined) conditions.push(`d.stage = ${parameter(filter.stage)}`);
  if (filter.search !== undefined) {
    // Not LIKE: folding makes a percent sign of one of full width, which an escape before it would miss.
    const part = `zakops.fold(${parameter(filter.search)})`;
    conditions.push(`(strpos(zakops.fold(d.canonical_name), ${part}) > 0 OR strpos(zakops.fold(d.display_name), ${part}) > 0)`);
  }
  if (filter.broker !== undefined) {
    conditions.push(`strpos(zakops.fold(d.broker ->> 'name'), zakops.fold(${parameter(filter.broker)})) > 0`);
  }
  return { parameters, parameter, conditions };
}
