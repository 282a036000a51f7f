import { connectClient } from '#zakops/postgres';
import { buildTrigramIndex, SCHEMA_OF_TRIGRAMS } from '../../../../../migrations/trigram-index.js';

// An index that a killed build has left is not valid, and serves nothing.
const MISSING = `
  SELECT FROM pg_catalog.pg_class t
   WHERE t.oid = to_regclass('zakops.search_words')
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_index WHERE indexrelid = to_regclass('zakops.search_words_similar_idx') AND indisvalid)`;

/**
 * Makes the index of words that are alike where it is missing: `pg_trgm` may have been added after migration 0025.
 *
 * @returns sentences about what was made or is missing; none when all is well
 */
export async function prepareTrigramSearch(url: string): Promise<readonly string[]> {
  const client = await connectClient(url, { application_name: 'zakops-migrate', connectionTimeoutMillis: 10_000 });
  try {
    const { rowCount: missing } = await client.query(MISSING);
    if (missing === 0) return [];
    const { rows } = await client.query<{ schema: string }>(SCHEMA_OF_TRIGRAMS);
    const [extension] = rows;
    if (extension === undefined) return ['search forgives no typing errors without the extension pg_trgm: see docs/search.md'];
    await buildTrigramIndex(client, extension.schema);
    return ['search forgives typing errors now'];
  } finally {
    await client.end();
  }
}
