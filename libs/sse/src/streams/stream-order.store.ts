import { Database, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';

/** What a process is asked to do: to end one stream, or so many of its oldest. */
export type StreamOrder = { readonly streamId: string; readonly count: null } | { readonly streamId: null; readonly count: number };

const PLACE = prepared(`INSERT INTO zakops.stream_orders (process_id, stream_id, count) VALUES ($1, $2, $3)`);

// Those of processes that ended meanwhile go too, a minute later.
const TAKE = prepared(`
  WITH taken AS (
    DELETE FROM zakops.stream_orders WHERE process_id = $1 OR ordered_at < now() - interval '1 minute'
    RETURNING process_id, stream_id, count
  )
  SELECT stream_id AS "streamId", count FROM taken WHERE process_id = $1`);

/** Orders to the API processes that hold streams. A table carries them, because notices do not pass every pooler. */
@Injectable()
export class StreamOrderStore {
  constructor(private readonly database: Database) {}

  /** Asks a process to end streams, once the transaction has committed. */
  async place(tx: Transaction, processId: string, { streamId, count }: StreamOrder): Promise<void> {
    await tx.query(PLACE, [processId, streamId, count]);
  }

  /** Takes the orders to one process; each is given out once. */
  async take(processId: string): Promise<readonly StreamOrder[]> {
    return this.database.query<StreamOrder & Record<string, unknown>>(TAKE, [processId]);
  }
}
