import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { OUTBOX_CHANNEL } from '../../libs/outbox/src/wake/wake-signal.js';

const AGGREGATES = 1_000;
const TICK_MS = 10;
const PAYLOAD = JSON.stringify({
  deal_id: 'DEAL-000001',
  changes: [{ field: 'display_name', old_value: null, new_value: 'x'.repeat(350) }],
});

// As commands leave them: events of about 500 bytes with the length of their payload and a waiting row each, of aggregates in turn.
const WRITE = `
  WITH appended AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, data_bytes, correlation_id,
                               actor)
    SELECT gen_random_uuid(), 'deal.updated', 1, 'deal', 'DEAL-' || (800000 + i % ${String(AGGREGATES)})::text,
           i / ${String(AGGREGATES)} + 1, $3::jsonb, octet_length($3::jsonb::text), 'bench', 'system:bench'
      FROM generate_series($1::bigint, $2::bigint - 1) AS i
    RETURNING id, aggregate_type, aggregate_id
  )
  INSERT INTO zakops.outbox_waiting (event_id, stream)
  SELECT id, zakops.stream_of(aggregate_type, aggregate_id) FROM appended`;

/** Writes events at a steady rate, in one transaction each 10 ms, and hints at them as the API does. */
export class EventWriter {
  #written = 0;

  constructor(private readonly client: pg.Client) {}

  /** Events written so far. */
  get written(): number {
    return this.#written;
  }

  /** Writes many at once, for a backlog. */
  async writeAtOnce(events: number): Promise<void> {
    await this.client.query(WRITE, [this.#written, this.#written + events, PAYLOAD]);
    this.#written += events;
    await this.hint();
  }

  /** @returns events per second that were really written */
  async writeSteadily(perSecond: number, seconds: number): Promise<number> {
    const startedAt = performance.now();
    let written = 0;
    for (let elapsedMs = 0; elapsedMs < seconds * 1_000; elapsedMs = performance.now() - startedAt) {
      const due = Math.floor((elapsedMs * perSecond) / 1_000) - written;
      if (due > 0) {
        await this.writeAtOnce(due);
        written += due;
      }
      await sleep(TICK_MS);
    }
    return (written * 1_000) / (performance.now() - startedAt);
  }

  private async hint(): Promise<void> {
    await this.client.query('SELECT pg_notify($1, $2)', [OUTBOX_CHANNEL, '']);
  }
}
