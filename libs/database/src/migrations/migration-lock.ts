import { connectClient } from '#zakops/postgres';
import type pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';

// Any number will do; it only has to be the same in every version. ASCII "zakopsmi".
const LOCK_KEY = '8817434119229434217';
const TRY_EVERY_MS = 250;

/** Another migrator worked for longer than this one was willing to wait. */
export class MigrationLockTimeoutError extends Error {
  constructor(waitMs: number) {
    super(`Another migrator has been at work for ${String(Math.round(waitMs / 1000))} s; giving up.`);
    this.name = 'MigrationLockTimeoutError';
  }
}

/**
 * Runs `work` while no other migrator runs.
 *
 * @remarks The lock belongs to a transaction that stays open meanwhile, so it also holds behind a pooler in transaction mode and is
 * free as soon as the connection of a killed migrator is gone. Waiting tries again and again in short transactions instead of
 * blocking in one: a blocked one would hold a snapshot that a concurrent index build waits for.
 * @param waitMs - milliseconds to wait for others
 * @throws MigrationLockTimeoutError when others are not done by then
 */
export async function withMigrationLock<T>(url: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  // Losing the connection means losing the lock; the query that notices it fails, and that error is the one to report.
  const client = await connectClient(url, { application_name: 'zakops-migrate-lock', connectionTimeoutMillis: 10_000 });
  try {
    await acquire(client, waitMs);
    const result = await work();
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}

async function acquire(client: pg.Client, waitMs: number): Promise<void> {
  const giveUpAt = Date.now() + waitMs;
  for (;;) {
    await client.query('BEGIN');
    await client.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    // Without a parameter: a statement with one leaves a portal, whose snapshot lasts as long as the transaction. An index build of the
    // migrations themselves would wait for it without end.
    const { rows } = await client.query<{ locked: boolean }>(`SELECT pg_try_advisory_xact_lock(${LOCK_KEY}) AS locked`);
    if (rows[0]?.locked === true) return;
    await client.query('ROLLBACK');
    if (Date.now() >= giveUpAt) throw new MigrationLockTimeoutError(waitMs);
    await sleep(TRY_EVERY_MS);
  }
}
