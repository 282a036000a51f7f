import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentCall, currentProvenance } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import type { AuditEntry } from './audit-entry.js';
import { boundedText, redactedJson } from './record/redact.js';

const MAX_NAME = 1_000;
const MAX_USER_AGENT = 500;

// One statement, so that every entry is in the queue for the chain.
const APPEND = prepared(`
  WITH entry AS (
    INSERT INTO zakops.audit_log (id, actor_type, actor_id, action, resource_type, resource_id, before, after, details,
      address, user_agent, method, path, trace_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9::jsonb, $10, $11, $12, $13, $14)
  )
  INSERT INTO zakops.audit_pending (entry_id) VALUES ($1)`);

/** Records actions, in the transaction of the action. */
@Injectable()
export class AuditLog {
  /**
   * Adds an entry, which is written with the commit. Actor, origin and trace are those of the current call; a command line notes who typed
   * it as `typed_by` among the details.
   */
  record(tx: Transaction, entry: AuditEntry): void {
    const { actor } = currentProvenance();
    const call = currentCall();
    tx.atCommit({
      statement: APPEND,
      values: [
        entry.id ?? uuidV7(),
        actor.type,
        actor.id,
        entry.action,
        entry.resourceType,
        boundedText(entry.resourceId, MAX_NAME),
        json(entry.before),
        json(entry.after),
        json(call?.typedBy === undefined ? entry.details : { ...entry.details, typed_by: call.typedBy }) ?? '{}',
        call?.origin?.address ?? null,
        optional(call?.origin?.userAgent, MAX_USER_AGENT),
        call?.origin?.method ?? null,
        optional(call?.origin?.path, MAX_NAME),
        call?.trace.traceId ?? null,
      ],
    });
  }
}

function json(value: Readonly<Record<string, unknown>> | null | undefined): string | null {
  return value === undefined || value === null ? null : redactedJson(value);
}

function optional(text: string | undefined, max: number): string | null {
  return text === undefined ? null : boundedText(text, max);
}
