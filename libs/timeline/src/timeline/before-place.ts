import { prepared } from '#zakops/database';
import type { PreparedStatement } from '#zakops/database';
import type { SourcePlace } from './timeline-source.js';

/** The statement of a page, and what belongs to its place. */
export interface PlacedStatement {
  readonly statement: PreparedStatement;
  readonly values: readonly string[];
}

/** The columns by which a source is ordered. */
export interface PlaceColumns {
  readonly at: string;
  readonly id: string;
  /** SQL type of the id. */
  readonly idType: 'uuid' | 'bigint' | 'text';
}

/**
 * Makes the statements of a source, one for each kind of place: each is a range of the index on instant and id.
 *
 * @param textOf - the statement with a condition in it; its own parameters are `$1` to `$<own>`
 */
export function beforePlace(
  { at, id, idType }: PlaceColumns,
  own: number,
  textOf: (condition: string) => string,
): (place: SourcePlace | undefined) => PlacedStatement {
  const [instant, key] = [`$${String(own + 1)}::timestamptz`, `$${String(own + 2)}::${idType}`];
  const newest = prepared(textOf('true'));
  const none = prepared(textOf(`${at} < ${instant}`));
  const all = prepared(textOf(`${at} <= ${instant}`));
  const behind = prepared(textOf(`(${at}, ${id}) < (${instant}, ${key})`));
  return (place) => {
    if (place === undefined) return { statement: newest, values: [] };
    if (place.atInstant === 'none') return { statement: none, values: [place.at] };
    if (place.atInstant === 'all') return { statement: all, values: [place.at] };
    return { statement: behind, values: [place.at, place.atInstant.id] };
  };
}
