import { AuditLog } from '#zakops/audit';
import type { AuditEntry } from '#zakops/audit';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { TICKETS } from '#zakops/outbox';
import type { DeadLetterFilter } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { DlqOperation, DlqOperationKind } from './dlq-operation.js';

const RECORD = `
  WITH operation AS (
    INSERT INTO zakops.dlq_operations (id, kind, actor, reason, filter, count, traceparent, task_id)
    VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, $11)
  )
  INSERT INTO zakops.dlq_operation_entries (entry_id, operation_id, event_id, consumer)
  SELECT entry_id, $1, event_id, consumer FROM unnest($8::uuid[], $9::uuid[], $10::text[]) AS changed(entry_id, event_id, consumer)`;

const STATUS_OF_FORMER = `
  SELECT o.status
    FROM zakops.dlq_operation_entries d JOIN ${TICKETS} o ON o.event_id = d.event_id AND o.consumer = d.consumer
   WHERE d.entry_id = $1
   LIMIT 1`;

/**
 * Writes down who did what to which dead letters, and why.
 *
 * @remarks A dead letter leaves the queue by an operation only, and each operation is written in the transaction of its change. So a dead
 * letter that has left is found here by its id; the outbox has no index for that.
 */
@Injectable()
export class DlqOperationStore {
  constructor(private readonly auditLog: AuditLog) {}

  /**
   * Writes an operation down, here and in the audit log, in its transaction; the actor is that of the current call.
   *
   * @remarks A change of many is one operation for each portion; those of one call share its trace.
   */
  async record(tx: Transaction, operation: DlqOperation): Promise<void> {
    const { kind, reason, filter, changed, taskId } = operation;
    const id = uuidV7();
    this.auditLog.record(tx, toAuditEntry(id, operation));
    const { actor, traceparent } = currentProvenance();
    await tx.query(RECORD, [
      id,
      kind,
      `${actor.type}:${actor.id}`,
      reason ?? null,
      JSON.stringify(toStoredFilter(filter)),
      changed.length,
      traceparent ?? null,
      changed.map(({ id: deadLetterId }) => deadLetterId),
      changed.map(({ eventId }) => eventId),
      changed.map(({ consumer }) => consumer),
      taskId ?? null,
    ]);
  }

  /** The state of a ticket that was a dead letter of this id; undefined when the id is unknown or was discarded. */
  async statusOfFormerDeadLetter(tx: Transaction, id: string): Promise<string | undefined> {
    const [row] = await tx.query<{ status: string }>(STATUS_OF_FORMER, [id]);
    return row?.status;
  }
}

const DEAD = { status: 'dead' };
const PENDING = { status: 'pending' };

interface AuditedChange {
  readonly verb: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

/** What an operation does to each dead letter, for the audit log. */
const CHANGES: Readonly<Record<DlqOperationKind, AuditedChange>> = {
  retry: { verb: 'retried', before: DEAD, after: PENDING },
  retry_all: { verb: 'retried', before: DEAD, after: PENDING },
  resubmit: { verb: 'resubmitted', before: DEAD, after: PENDING },
  purge: { verb: 'purged', before: DEAD, after: null },
  purge_old: { verb: 'purged', before: DEAD, after: null },
  undo: { verb: 'returned', before: PENDING, after: DEAD },
  restore: { verb: 'restored', before: null, after: DEAD },
};

/** The stored filter calls the id of a dead letter `entryId`, as the API does. */
function toStoredFilter({ id, ...others }: DeadLetterFilter): Record<string, unknown> {
  return { entryId: id, ...others };
}

/**
 * The audit entry of an operation. One dead letter is a resource of its own. A change of many is a change of the queue, with its filter and
 * count: the list of ids would make the audit entry too large, and is in `zakops.dlq_operation_entries`.
 */
function toAuditEntry(operationId: string, { kind, reason, filter, changed, taskId, details: more }: DlqOperation): AuditEntry {
  const { verb, before, after } = CHANGES[kind];
  const { id } = filter;
  if (id !== undefined && changed.length === 1) {
    return { action: `dead_letter.${verb}`, resourceType: 'dead_letter', resourceId: id, before, after, details: { reason, ...more } };
  }
  const details = { reason, operation_id: operationId, task_id: taskId, filter: toStoredFilter(filter), count: changed.length, ...more };
  return { action: `dead_letters.${verb}`, resourceType: 'dead_letter_queue', resourceId: 'dlq', before, after, details };
}
