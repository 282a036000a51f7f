import { prepared } from '#zakops/database';
import type { PreparedStatement } from '#zakops/database';
import type { RegisteredSource } from '../sources/search-sources.js';

/**
 * So many of the newest rows are looked at first. A common word fills a page from them. For a rare word the index has few hits, and all of them are
 * read and sorted. So neither reads every row with a common word, whatever the planner knows of its frequency.
 */
export const NEWEST_ROWS = 300;

/** The two ways to a page, which answer the same rows. */
export interface SearchStatements {
  /** Of the newest rows behind the place; it may lack hits that are further down. */
  readonly newest: PreparedStatement;
  /** Of all rows that the index of words gives. */
  readonly indexed: PreparedStatement;
}

/**
 * Writes the statements of a page of hits.
 *
 * @remarks Parameters: groups of words, instant and key of the place or null, how many, then a value for each filter.
 * @param filters - names of filters that are in force
 */
export function searchStatements({ kind, source }: RegisteredSource, filters: readonly string[]): SearchStatements {
  const { table, id, idType, at, visible, columns } = source;
  const conditions = filters.map((name, n) => {
    const filter = source.filters[name];
    if (filter === undefined) throw new Error(`The search source ${kind} has no filter ${name}.`);
    return { sql: `${filter.column} = $${String(n + 5)}`, isIndexed: filter.isIndexed === true };
  });
  const place = `($2::timestamptz IS NULL OR (b.${at}, b.${id}) < ($2::timestamptz, $3::${idType}))`;
  const key = idType === 'text' ? `b.${id}` : `b.${id}::text`;
  const selected = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  const select = `
    SELECT ${selected.join(', ')}, ${key} AS key_id,
           to_char(b.${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS key_at`;
  const order = `ORDER BY b.${at} DESC, b.${id} DESC`;
  const early = [visible, place, ...conditions.filter(({ isIndexed }) => isIndexed).map(({ sql }) => sql)];
  const late = conditions.filter(({ isIndexed }) => !isIndexed).map(({ sql }) => sql);
  // Each query is a CTE that is computed first: the planner cannot choose another way for it.
  return {
    newest: prepared(`
      WITH newest AS MATERIALIZED (SELECT b.* FROM ${table} b WHERE ${early.join(' AND ')} ${order} LIMIT ${String(NEWEST_ROWS)})
      ${select} FROM newest b JOIN zakops.search_${kind} s ON s.id = ${key}
       WHERE ${['s.words @@ (SELECT zakops.search_query($1))', ...late].join(' AND ')} ${order} LIMIT $4`),
    indexed: prepared(`
      WITH hits AS MATERIALIZED (SELECT s.id::${idType} AS hit_id FROM zakops.search_${kind} s WHERE s.words @@ (SELECT zakops.search_query($1)))
      ${select} FROM hits JOIN ${table} b ON b.${id} = hits.hit_id
       WHERE ${[...early, ...late].join(' AND ')} ${order} LIMIT $4`),
  };
}
