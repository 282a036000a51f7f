import type pg from 'pg';
import type { Finding } from '../finding.js';
import { one } from './connect.js';

interface SearchRow {
  readonly migrated: boolean;
  readonly extension: boolean;
  readonly usable: boolean;
  readonly indexed: boolean;
}

/** Whether search can forgive typing errors. */
export async function checkSearch(client: pg.Client): Promise<Finding> {
  const found = await one<SearchRow>(
    client,
    `SELECT to_regclass('zakops.search_deals') IS NOT NULL AS migrated, e.oid IS NOT NULL AS extension,
            coalesce(has_schema_privilege(e.extnamespace, 'USAGE'), false) AS usable,
            EXISTS (SELECT FROM pg_catalog.pg_index
                     WHERE indexrelid = to_regclass('zakops.search_words_similar_idx') AND indisvalid) AS indexed
       FROM (SELECT 1) AS one LEFT JOIN pg_catalog.pg_extension e ON e.extname = 'pg_trgm'`,
  );
  const measured = { ...found };
  if (!found.migrated) return { state: 'skipped', detail: 'There is no search yet.', advice: 'Run zakops migrate.', measured };
  if (!found.extension) {
    const advice = 'As a role that may: CREATE EXTENSION pg_trgm; then run zakops migrate.';
    return { state: 'warning', detail: 'Search forgives no typing errors: the extension pg_trgm is missing.', advice, measured };
  }
  if (!found.usable) {
    const advice = 'GRANT USAGE on the schema of pg_trgm to this role.';
    return { state: 'warning', detail: 'Search forgives no typing errors: this role may not use the schema of pg_trgm.', advice, measured };
  }
  if (!found.indexed) return { state: 'warning', detail: 'Search lacks its index for pg_trgm.', advice: 'Run zakops migrate.', measured };
  return { state: 'ok', detail: 'Search finds words by their beginnings and forgives typing errors.', measured };
}
