import type { QueryRunner } from 'typeorm';

/** Builds an index while others write. Outside of a transaction only; it can be repeated when it was cut off. */
export async function buildIndex(runner: QueryRunner, name: string, on: string): Promise<void> {
  // One that was cut off is there and is not valid.
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS zakops.${name}`);
  await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON ${on}`);
}
