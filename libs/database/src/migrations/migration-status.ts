import { connectClient } from '#zakops/postgres';
import type { MigrationInterface } from 'typeorm';
import { MIGRATIONS_TABLE } from './migrations-table.js';

/** A migration that the database has. */
export interface AppliedMigration {
  readonly name: string;
  /** Null for one that was applied by a version that did not write it down. */
  readonly appliedAt: Date | null;
}

/** What the schema is compared with what this build needs. */
export interface MigrationStatus {
  /** In order. */
  readonly applied: readonly AppliedMigration[];
  /** What this build has and the database has not, in order. */
  readonly pending: readonly string[];
  /** What the database has and this build does not know: it is of a newer version, which is safe. */
  readonly unknown: readonly string[];
}

/** Looks which migrations a database has, and changes nothing; a database without our schema has none. */
export async function readMigrationStatus(url: string, migrations: readonly (new () => MigrationInterface)[]): Promise<MigrationStatus> {
  const limits = { connectionTimeoutMillis: 10_000, query_timeout: 10_000 };
  const client = await connectClient(url, { application_name: 'zakops-migrate-status', ...limits });
  try {
    const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('zakops.${MIGRATIONS_TABLE}') IS NOT NULL AS there`);
    // As JSON, because the column is missing where an older version was the last to migrate.
    const { rows: entries } =
      rows[0]?.there === true
        ? await client.query<{ name: string; at: string | null }>(
            `SELECT m.name, to_jsonb(m) ->> 'applied_at' AS at FROM zakops.${MIGRATIONS_TABLE} m ORDER BY m.timestamp, m.id`,
          )
        : { rows: [] };
    const known = migrations.map(({ name }) => name);
    const applied = entries.map(({ name, at }) => ({ name, appliedAt: at === null ? null : new Date(at) }));
    const names = new Set(applied.map(({ name }) => name));
    return {
      applied,
      pending: known.filter((name) => !names.has(name)),
      unknown: applied.map(({ name }) => name).filter((name) => !known.includes(name)),
    };
  } finally {
    await client.end().catch(() => undefined);
  }
}
