import { buildIndex } from './build-index.js';

/** The schema of `pg_trgm` as SQL; no row when it is missing or may not be used. */
export const SCHEMA_OF_TRIGRAMS = `
  SELECT quote_ident(n.nspname) AS schema FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
   WHERE e.extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE')`;

/** Builds the index of words that are alike, while triggers write words. */
export async function buildTrigramIndex(connection: Parameters<typeof buildIndex>[0], schema: string): Promise<void> {
  // New words are rare, and a list of pending ones would be read by each search.
  const on = `zakops.search_words USING gin (word ${schema}.gin_trgm_ops) WITH (fastupdate = off)`;
  await buildIndex(connection, 'search_words_similar_idx', on);
}
