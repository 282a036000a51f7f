import { Database, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';

/** A deal that is in its stage for longer than the limit. */
export interface StaleDeal {
  readonly dealId: string;
  readonly daysInStage: number;
  readonly limitDays: number;
}

const DAYS = `floor(extract(epoch FROM now() - d.stage_entered_at) / 86400)::int`;
const IS_STALE = `
  FROM zakops.deals d JOIN zakops.stage_limits l ON l.stage = d.stage
 WHERE NOT d.deleted AND d.status = 'active' AND d.stage_entered_at < now() - l.days * interval '1 day'
   AND (d.snoozed_until IS NULL OR d.snoozed_until < (now() AT TIME ZONE 'UTC')::date)
   AND d.stale_since IS DISTINCT FROM d.stage_entered_at`;

const FIND = prepared(`SELECT d.deal_id AS id ${IS_STALE} AND d.deal_id > $1 ORDER BY d.deal_id LIMIT $2`);
const LOOK = prepared(`SELECT d.deal_id AS "dealId", ${DAYS} AS "daysInStage", l.days AS "limitDays" ${IS_STALE} AND d.deal_id = $1`);
const NOTE = prepared('UPDATE zakops.deals SET stale_since = stage_entered_at WHERE deal_id = $1');

/** Finds stale deals, and marks those for which `deal.stale` was sent. */
@Injectable()
export class StaleDealStore {
  constructor(private readonly database: Database) {}

  /** Ids of stale deals without a `deal.stale` in this stay in the stage. @param after - the last id of the page before */
  async find(after: string, limit: number): Promise<readonly string[]> {
    return (await this.database.query<{ id: string }>(FIND, [after, limit])).map(({ id }) => id);
  }

  /** How stale a deal is; undefined when it is not, or its `deal.stale` was sent. Call it under the lock of the deal. */
  async look(tx: Transaction, dealId: string): Promise<StaleDeal | undefined> {
    const [row] = await tx.query<StaleDeal & Record<string, unknown>>(LOOK, [dealId]);
    return row;
  }

  /** Marks with the commit that `deal.stale` was sent for this stay in the stage. */
  noted(tx: Transaction, dealId: string): void {
    tx.atCommit({ statement: NOTE, values: [dealId] });
  }
}
