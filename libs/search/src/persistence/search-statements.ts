import { exactInstant, prepared } from '#zakops/database';
import type { PreparedStatement } from '#zakops/database';
import type { RegisteredSource } from '../sources/search-sources.js';

/** So many of the newest rows are looked at first: a common word fills a page from them. */
const NEWEST_ROWS = 1_000;
/** A word with more hits than these is no rare one: the hits of a rare one are read and sorted. */
const RARE_HITS = 1_500;
/** A word with more than {@link RARE_HITS} hits among 100,000 rows fills a page from so many of the newest as a rule. */
const MORE_ROWS = 2_500;

/**
 * The ways to a page, which all answer the same rows, cheapest first. Each is tried when the one before it was not enough. So no common
 * word has all its rows read and sorted, whatever the planner knows of its frequency.
 */
export interface SearchStatements {
  /** Of the newest rows behind the place; it may lack hits that are further down. */
  readonly newest: PreparedStatement;
  /** Of all rows when they are few, else a single row with `is_cut`. */
  readonly rare: PreparedStatement;
  /** As `newest`, of many more rows. */
  readonly newer: PreparedStatement;
  /** Of all rows. */
  readonly all: PreparedStatement;
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
  // One comparison with or without a place, so that the index serves it in a plan for all values.
  const place = `(b.${at}, b.${id}) < (coalesce($2::timestamptz, 'infinity'), $3::${idType})`;
  const key = idType === 'text' ? `b.${id}` : `b.${id}::text`;
  const selected = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
  const select = `
    SELECT ${selected.join(', ')}, ${key} AS key_id,
           ${exactInstant(`b.${at}`)} AS key_at`;
  const order = `ORDER BY b.${at} DESC, b.${id} DESC`;
  const early = [visible, place, ...conditions.filter(({ isIndexed }) => isIndexed).map(({ sql }) => sql)];
  const late = conditions.filter(({ isIndexed }) => !isIndexed).map(({ sql }) => sql);
  const asked = '(SELECT zakops.search_query($1))';
  const page = (from: string, where: readonly string[]): string => `${select} FROM ${from} WHERE ${where.join(' AND ')} ${order} LIMIT $4`;
  // OFFSET 0 keeps the planner from joining another way: it cannot know how common a word is.
  const ofNewest = (rows: number): PreparedStatement =>
    prepared(`
      WITH newest AS MATERIALIZED (SELECT b.* FROM ${table} b WHERE ${early.join(' AND ')} ${order} LIMIT ${String(rows)})
      ${page(`newest b CROSS JOIN LATERAL (SELECT s.words FROM zakops.search_${kind} s WHERE s.id = ${key} OFFSET 0) AS s`, [
        `s.words @@ ${asked}`,
        ...late,
      ])}`);
  const hits = `SELECT s.id::${idType} AS hit_id FROM zakops.search_${kind} s WHERE s.words @@ ${asked}`;
  // Each hit is looked up, for the same reason: a plan for all values would compare every row with every hit.
  const ofHits = page(`hits CROSS JOIN LATERAL (SELECT * FROM ${table} r WHERE r.${id} = hits.hit_id OFFSET 0) AS b`, [...early, ...late]);
  return {
    newest: ofNewest(NEWEST_ROWS),
    rare: prepared(`
      WITH hits AS MATERIALIZED (${hits} LIMIT ${String(RARE_HITS + 1)}), counted AS (SELECT count(*) > ${String(RARE_HITS)} AS is_cut FROM hits)
      SELECT counted.is_cut, page.* FROM counted LEFT JOIN LATERAL (
        SELECT * FROM (${ofHits}) AS found WHERE NOT counted.is_cut
      ) AS page ON true ORDER BY page.key_at DESC, page.key_id DESC`),
    newer: ofNewest(MORE_ROWS),
    all: prepared(`WITH hits AS MATERIALIZED (${hits}) ${ofHits}`),
  };
}
