import type pg from 'pg';
import type { QueryRunner } from 'typeorm';

/** Closes a runner's connection, so that the pool cannot hand it on, because it is busy or in an open transaction. */
export async function discardConnection(runner: QueryRunner): Promise<void> {
  const client = (await runner.connect().catch(() => undefined)) as pg.Client | undefined;
  // Not awaited: a connection whose other end is silent takes minutes to close.
  void client?.end().catch(() => undefined);
}
