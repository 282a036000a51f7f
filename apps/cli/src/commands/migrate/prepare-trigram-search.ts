import { connectClient } from '#zakops/postgres';

const SCHEMA = `
  SELECT quote_ident(n.nspname) AS schema FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
   WHERE e.extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE')`;

// An index that a killed build has left is not valid, and serves nothing.
const MISSING = `
  SELECT i.indexrelid IS NOT NULL AS has_broken
    FROM pg_catalog.pg_class t
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = to_regclass('zakops.search_words_similar_idx')
   WHERE t.oid = to_regclass('zakops.search_words') AND (i.indexrelid IS NULL OR NOT i.indisvalid)`;

/**
 * Makes the index of words that are alike where it is missing: `pg_trgm` may have been added after migration 0025.
 *
 * @returns sentences about what was made or is missing; none when all is well
 */
export async function prepareTrigramSearch(url: string): Promise<readonly string[]> {
  const client = await connectClient(url, { application_name: 'zakops-migrate', connectionTimeoutMillis: 10_000 });
  try {
    const { rows: missing } = await client.query<{ has_broken: boolean }>(MISSING);
    const [found] = missing;
    if (found === undefined) return [];
    const { rows } = await client.query<{ schema: string }>(SCHEMA);
    const [extension] = rows;
    if (extension === undefined) return ['search forgives no typing errors without the extension pg_trgm: see docs/search.md'];
    if (found.has_broken) await client.query('DROP INDEX CONCURRENTLY zakops.search_words_similar_idx');
    // Beside the traffic: triggers write to this table with every deal.
    await client.query(
      `CREATE INDEX CONCURRENTLY IF NOT EXISTS search_words_similar_idx ON zakops.search_words USING gin (word ${extension.schema}.gin_trgm_ops) WITH (fastupdate = off)`,
    );
    return ['search forgives typing errors now'];
  } finally {
    await client.end();
  }
}
