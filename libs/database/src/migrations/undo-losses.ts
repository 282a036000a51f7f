import type { MigrationInterface, QueryRunner } from 'typeorm';
import pg from 'pg';

const { escapeIdentifier } = pg;

/** A migration whose `down` moves data of what it takes away to where they were before. */
export interface CarryingMigration extends MigrationInterface {
  /** Tables, and columns as `table.column`, that go without a loss. */
  readonly carriedOver?: readonly string[];
  /** For each table that `up` filled: a condition, as SQL, that is true for a row as `up` wrote it. Such rows go without a loss. */
  readonly brought?: Readonly<Record<string, string>>;
}

/** Data that goes with a table or a column. */
export interface UndoLoss {
  /** A table of schema `zakops`, or `table.column`. */
  readonly name: string;
  /** How many rows have something there. */
  readonly rows: number;
}

// Unlogged tables are left out: whatever they hold may be gone at any time.
const COLUMNS = `
  SELECT c.relname AS table, a.attname AS column
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.relnamespace = 'zakops'::regnamespace AND c.relkind IN ('r', 'p') AND c.relpersistence <> 'u'
   ORDER BY 1, a.attnum`;

interface Column {
  readonly table: string;
  readonly column: string;
}

/**
 * Finds what `down` would take away that holds data: by doing it, looking what is gone, and taking it back.
 *
 * @param runner - in a transaction
 */
export async function lossesOf(runner: QueryRunner, migration: CarryingMigration): Promise<readonly UndoLoss[]> {
  const before = await columns(runner);
  await runner.query('SAVEPOINT before_undo');
  await migration.down(runner);
  const after = await columns(runner);
  await runner.query('ROLLBACK TO SAVEPOINT before_undo');

  const isThere = new Set(after.map(({ table, column }) => `${table}.${column}`));
  const tables = new Set(after.map(({ table }) => table));
  const losses: UndoLoss[] = [];
  for (const table of new Set(before.map((column) => column.table))) {
    if (!tables.has(table)) losses.push({ name: table, rows: await count(runner, table, migration.brought?.[table]) });
  }
  for (const { table, column } of before) {
    if (!tables.has(table) || isThere.has(`${table}.${column}`)) continue;
    losses.push({ name: `${table}.${column}`, rows: await count(runner, table, `${escapeIdentifier(column)} IS NULL`) });
  }
  return losses.filter(({ name, rows }) => rows > 0 && !(migration.carriedOver ?? []).includes(name));
}

/** The losses that nobody has named. */
export function unnamedLosses(losses: readonly UndoLoss[], named: readonly string[]): readonly UndoLoss[] {
  return losses.filter(({ name }) => !named.includes(name));
}

async function columns(runner: QueryRunner): Promise<readonly Column[]> {
  return (await runner.query(COLUMNS)) as Column[];
}

/** @param without - the rows that do not count, as SQL */
async function count(runner: QueryRunner, table: string, without = 'false'): Promise<number> {
  const where = ` WHERE (${without}) IS NOT TRUE`;
  const rows = (await runner.query(`SELECT count(*) AS n FROM zakops.${escapeIdentifier(table)}${where}`)) as { n: string }[];
  return Number(rows[0]?.n);
}
