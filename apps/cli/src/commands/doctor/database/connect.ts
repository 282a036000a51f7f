import { connectClient } from '#zakops/postgres';
import type pg from 'pg';

/** Opens a connection of its own, which gives up soon: a doctor says what is wrong instead of waiting for it. */
export function connect(url: string, sessionOptions?: string): Promise<pg.Client> {
  const limits = { connectionTimeoutMillis: 5_000, query_timeout: 5_000 };
  return connectClient(url, { application_name: 'zakops-doctor', ...limits }, sessionOptions);
}

/** Says goodbye without waiting for an answer, which a server that hangs never gives. */
export function disconnect(client: pg.Client): void {
  void client.end().catch(() => undefined);
}

/** The first row; every statement of a doctor gives one. */
export async function one<R extends pg.QueryResultRow>(client: pg.Client, sql: string, values: readonly unknown[] = []): Promise<R> {
  const { rows } = await client.query<R>(sql, [...values]);
  const [row] = rows;
  if (row === undefined) throw new Error('The database gave no answer.');
  return row;
}
