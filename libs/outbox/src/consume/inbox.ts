import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';

/** Remembers what each consumer has taken effect of, so that a repeated delivery has no second effect. */
@Injectable()
export class Inbox {
  /**
   * Enters events for a consumer, in the transaction of their effect.
   *
   * @remarks Another worker that gets the same events waits for this transaction. Should this process be frozen or cut off, the server
   * ends the transaction after `idleMs`; without that limit it might stay open for hours.
   * @param idleMs - milliseconds; longer than a handler may take
   * @returns the ids that were not there before: only these may take effect
   */
  async admit(tx: Transaction, consumer: string, eventIds: readonly string[], idleMs: number): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ event_id: string }>(
      `INSERT INTO zakops.inbox (consumer, event_id)
       SELECT $1, unnest($2::uuid[]) FROM set_config('idle_in_transaction_session_timeout', $3, true)
       ON CONFLICT DO NOTHING RETURNING event_id`,
      [consumer, eventIds, `${String(Math.ceil(idleMs))}ms`],
    );
    return new Set(rows.map((row) => row.event_id));
  }

  /** Takes back entries of this transaction whose events are not handled in it after all. */
  async withdraw(tx: Transaction, consumer: string, eventIds: readonly string[]): Promise<void> {
    await tx.query(
      `WITH gone AS (DELETE FROM zakops.inbox WHERE consumer = $1 AND event_id = ANY ($2::uuid[]) RETURNING 1) SELECT 1 FROM gone`,
      [consumer, eventIds],
    );
  }
}
