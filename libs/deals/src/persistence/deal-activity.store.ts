import type { Transaction } from '#zakops/database';
import type { Delivery } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';

// The original named the part of the system that made the change; clients show it.
const SOURCE_OF_TYPE: Readonly<Record<string, string>> = { 'deal.stage_changed': 'workflow' };
const DEFAULT_SOURCE = 'api';

/** Writes the activity of deals. */
@Injectable()
export class DealActivityStore {
  /** Writes one entry per event, all by one statement; an event that is there already is left as it is. */
  async append(tx: Transaction, deliveries: readonly Delivery[]): Promise<void> {
    await tx.query(
      `INSERT INTO zakops.deal_activity (id, deal_id, seq, event_type, source, actor, actor_type, details, gap, created_at)
       SELECT id, deal_id, seq, event_type, source, actor, actor_type, details, gap, created_at
         FROM jsonb_to_recordset($1::jsonb) AS given(id uuid, deal_id text, seq bigint, event_type text, source text, actor text,
              actor_type text, details jsonb, gap boolean, created_at timestamptz)
       ON CONFLICT DO NOTHING`,
      [JSON.stringify(deliveries.map(toRow))],
    );
  }
}

function toRow({ event, gap }: Delivery): Record<string, unknown> {
  const { source, ...data } = event.data as Record<string, unknown>;
  const separator = event.actor.indexOf(':');
  return {
    id: event.id,
    deal_id: event.aggregateId,
    seq: event.aggregateSeq,
    event_type: event.type,
    source: typeof source === 'string' ? source : (SOURCE_OF_TYPE[event.type] ?? DEFAULT_SOURCE),
    actor: event.actor.slice(separator + 1),
    actor_type: event.actor.slice(0, Math.max(separator, 0)),
    // The deal is named beside them already.
    details: Object.fromEntries(Object.entries(data).filter(([name]) => name !== 'deal_id')),
    gap,
    created_at: event.occurredAt,
  };
}
