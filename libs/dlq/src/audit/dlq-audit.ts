import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import type { DlqOperation } from './dlq-operation.js';

const RECORD = `
  WITH operation AS (
    INSERT INTO zakops.dlq_operations (id, kind, actor, reason, filter, count, traceparent)
    VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)
  )
  INSERT INTO zakops.dlq_operation_entries (entry_id, operation_id, event_id, consumer)
  SELECT entry_id, $1, event_id, consumer FROM unnest($8::uuid[], $9::uuid[], $10::text[]) AS changed(entry_id, event_id, consumer)`;

const LEFT = `
  SELECT o.status
    FROM zakops.dlq_operation_entries d JOIN zakops.outbox o ON o.event_id = d.event_id AND o.consumer = d.consumer
   WHERE d.entry_id = $1
   LIMIT 1`;

/**
 * Who did what to the queue, why, and to which entries.
 *
 * @remarks Entries leave the queue through operations only, and each is written down in the transaction of its change: so this is
 * also where the id of an entry that has left is found, which in the outbox would take a look at every row.
 */
@Injectable()
export class DlqAudit {
  /** Writes an operation down, in its transaction; the actor is that of the current call. */
  async record(tx: Transaction, operation: DlqOperation): Promise<void> {
    const { kind, reason, filter, entries } = operation;
    const { actor, traceparent } = currentProvenance();
    await tx.query(RECORD, [
      uuidV7(),
      kind,
      `${actor.type}:${actor.id}`,
      reason ?? null,
      JSON.stringify(filter),
      entries.length,
      traceparent ?? null,
      entries.map(({ entryId }) => entryId),
      entries.map(({ eventId }) => eventId),
      entries.map(({ consumer }) => consumer),
    ]);
  }

  /** The state of a ticket that was a dead letter of this id once; undefined for an unknown id and for a purged entry. */
  async statusOfFormerEntry(tx: Transaction, entryId: string): Promise<string | undefined> {
    const [row] = await tx.query<{ status: string }>(LEFT, [entryId]);
    return row?.status;
  }
}
