import { connectClient } from '#zakops/postgres';

const SCHEMA = `
  SELECT quote_ident(n.nspname) AS schema FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
   WHERE e.extname = 'pg_trgm' AND has_schema_privilege(n.oid, 'USAGE')`;

// An index that a killed build has left is not valid, and serves nothing.
const TABLES = `
  SELECT t.relname AS name, i.indexrelid IS NOT NULL AS has_broken
    FROM pg_catalog.pg_class t
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = to_regclass('zakops.' || quote_ident(t.relname || '_names_idx'))
   WHERE t.relnamespace = to_regnamespace('zakops') AND t.relkind = 'r' AND t.relname = ANY ($1) AND (i.indexrelid IS NULL OR NOT i.indisvalid)`;

const SEARCHED = ['search_deals', 'search_actions', 'search_quarantine', 'search_senders', 'search_notes'];

/**
 * Makes the indexes of names that are alike where they are missing: `pg_trgm` may have been added after migration 0025.
 *
 * @returns sentences about what was made or is missing; none when all is well
 */
export async function prepareTrigramSearch(url: string): Promise<readonly string[]> {
  const client = await connectClient(url, { application_name: 'zakops-migrate', connectionTimeoutMillis: 10_000 });
  try {
    const { rows: missing } = await client.query<{ name: string; has_broken: boolean }>(TABLES, [SEARCHED]);
    if (missing.length === 0) return [];
    const { rows } = await client.query<{ schema: string }>(SCHEMA);
    const [extension] = rows;
    if (extension === undefined) return ['search forgives no typing errors without the extension pg_trgm: see docs/search.md'];
    for (const { name, has_broken: hasBroken } of missing) {
      if (hasBroken) await client.query(`DROP INDEX CONCURRENTLY zakops.${name}_names_idx`);
      // Beside the traffic: triggers write to these tables with every deal.
      await client.query(
        `CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name}_names_idx ON zakops.${name} USING gin (names ${extension.schema}.gin_trgm_ops)`,
      );
    }
    return [`search forgives typing errors now: made ${String(missing.length)} indexes`];
  } finally {
    await client.end();
  }
}
