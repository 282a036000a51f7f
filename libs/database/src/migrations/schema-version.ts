import { Inject, Injectable } from '@nestjs/common';
import type { MigrationInterface } from 'typeorm';
import { databaseErrorFields } from '../map-database-error.js';
import { Database } from '../database.js';
import { MIGRATIONS_TABLE } from './migrations-table.js';

/** Injection token of the migrations that this build was made with. */
export const KNOWN_MIGRATIONS = Symbol('KNOWN_MIGRATIONS');

const UNDEFINED_TABLE = '42P01';

/** Compares the schema of the database with what this build needs. */
@Injectable()
export class SchemaVersion {
  constructor(
    private readonly database: Database,
    @Inject(KNOWN_MIGRATIONS) private readonly known: readonly (new () => MigrationInterface)[],
  ) {}

  /** The newest migration that this build has; null when it has none. */
  get newestKnown(): string | null {
    return this.known.at(-1)?.name ?? null;
  }

  /**
   * Names the migrations that this build has and the database has not.
   *
   * @remarks A database that is ahead of this build is fine: every migration is safe beside the version before it.
   * @throws DatabaseUnavailableError when the server cannot be reached
   */
  async pending(): Promise<readonly string[]> {
    const applied = new Set(await this.applied());
    return this.known.map((migration) => migration.name).filter((name) => !applied.has(name));
  }

  /** The name of the newest applied migration, or null before the first. */
  async current(): Promise<string | null> {
    return (await this.applied()).at(-1) ?? null;
  }

  private async applied(): Promise<readonly string[]> {
    try {
      const rows = await this.database.query<{ name: string }>(`SELECT name FROM zakops.${MIGRATIONS_TABLE} ORDER BY timestamp`);
      return rows.map((row) => row.name);
    } catch (error) {
      if (error instanceof Error && databaseErrorFields(error.cause).sqlState === UNDEFINED_TABLE) return [];
      throw error;
    }
  }
}
