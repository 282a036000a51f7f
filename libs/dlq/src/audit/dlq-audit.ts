import { AuditLog } from '#zakops/audit';
import type { AuditEntry } from '#zakops/audit';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { TICKETS } from '#zakops/outbox';
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
    FROM zakops.dlq_operation_entries d JOIN ${TICKETS} o ON o.event_id = d.event_id AND o.consumer = d.consumer
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
  constructor(private readonly auditLog: AuditLog) {}

  /**
   * Writes an operation down, here and in the audit log, in its transaction; the actor is that of the current call.
   *
   * @remarks A change of many is one operation for each portion; those of one call share its trace.
   */
  async record(tx: Transaction, operation: DlqOperation): Promise<void> {
    const { kind, reason, filter, entries } = operation;
    const id = uuidV7();
    this.auditLog.record(tx, toAuditEntry(id, operation));
    const { actor, traceparent } = currentProvenance();
    await tx.query(RECORD, [
      id,
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

/**
 * One entry is a resource of its own. An operation on many is one on the queue, with what it was asked for and how many it changed;
 * `zakops.dlq_operation_entries` has which ones, and would make an entry of the audit log too large.
 */
function toAuditEntry(id: string, { kind, reason, filter, entries }: DlqOperation): AuditEntry {
  const verb = kind === 'retry' || kind === 'retry_all' ? 'retried' : 'purged';
  const before = { status: 'dead' };
  const after = verb === 'retried' ? { status: 'pending' } : null;
  const { entryId } = filter;
  if (entryId !== undefined && entries.length === 1) {
    return { action: `dead_letter.${verb}`, resourceType: 'dead_letter', resourceId: entryId, before, after, details: { reason } };
  }
  const details = { reason, operation_id: id, filter, count: entries.length };
  return { action: `dead_letters.${verb}`, resourceType: 'dead_letter_queue', resourceId: 'dlq', before, after, details };
}
