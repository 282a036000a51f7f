import type { DataSource } from 'typeorm';

/** Where the applied migrations are written down, in schema `zakops`. */
export const MIGRATIONS_TABLE = 'migrations';

/**
 * Makes the table of applied migrations know when each was applied: TypeORM makes it without.
 *
 * @remarks The column is filled by its default, because TypeORM names the columns that it writes. It stays empty for what older versions
 * applied.
 */
export async function prepareMigrationsTable(dataSource: Pick<DataSource, 'query'>): Promise<void> {
  const table = `zakops.${MIGRATIONS_TABLE}`;
  const [found] = await dataSource.query<{ table: boolean; column: boolean }[]>(
    `SELECT to_regclass('${table}') IS NOT NULL AS "table",
            EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('${table}') AND attname = 'applied_at') AS "column"`,
  );
  if (found?.column === true) return;
  if (found?.table === true) {
    // Two steps: with a default at once, all that was applied before would count as applied now.
    await dataSource.query(`ALTER TABLE ${table} ADD COLUMN applied_at timestamptz, ALTER COLUMN applied_at SET DEFAULT now()`);
    return;
  }
  await dataSource.query(
    `CREATE TABLE ${table} (
       id serial CONSTRAINT migrations_pk PRIMARY KEY, timestamp bigint NOT NULL, name varchar NOT NULL,
       applied_at timestamptz DEFAULT now())`,
  );
}
