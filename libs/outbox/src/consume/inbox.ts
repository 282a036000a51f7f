import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';

/** Remembers what each consumer has taken effect of, so that a repeated delivery has no second effect. */
@Injectable()
export class Inbox {
  /**
   * Enters events for a consumer, in the transaction of their effect.
   *
   * @returns the ids that were not there before: only these may take effect
   */
  async admit(tx: Transaction, consumer: string, eventIds: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ event_id: string }>(
      `INSERT INTO zakops.inbox (consumer, event_id) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id`,
      [consumer, eventIds],
    );
    return new Set(rows.map((row) => row.event_id));
  }
}
