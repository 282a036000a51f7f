import { assertEventFits } from '#zakops/contracts';
import { isUniqueViolation, prepared, Transaction } from '#zakops/database';
import type { CommitStatement } from '#zakops/database';
import { formatTraceparent } from '#zakops/kernel';
import type { DomainEvent, Provenance } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { tracing } from '#zakops/tracing';
import type { Span } from '#zakops/tracing';
import { Injectable } from '@nestjs/common';
import { startAppendSpan } from '../tracing/append-spans.js';
import { OutboxConfig } from '../outbox.config.js';
import { CommitHint } from './commit-hint.js';
import { AggregateConflictError, EventTooLargeError, OutboxOutsideTransactionError } from './outbox.errors.js';
import { payloadBytes } from './payload-bytes.js';

// The size is that of the text which readers of the log get.
const APPEND = prepared(`
  WITH event AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data,
      correlation_id, causation_id, traceparent, actor, data_bytes)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, octet_length($7::jsonb::text))
  )
  INSERT INTO zakops.outbox_waiting (event_id, stream) VALUES ($1, zakops.stream_of($4, $5))`);

/** Takes the events of commands: they are committed together with the change that they report, or not at all. */
@Injectable()
export class Outbox {
  constructor(
    private readonly hint: CommitHint,
    private readonly config: OutboxConfig,
  ) {}

  /**
   * Makes sure that an event may have this payload.
   *
   * @returns the payload as JSON
   * @throws EventTooLargeError when it has more than EVENT_MAX_BYTES
   */
  requireFits(payload: unknown): string {
    const json = JSON.stringify(payload);
    const bytes = payloadBytes(json);
    if (bytes > this.config.eventMaxBytes) throw new EventTooLargeError(bytes, this.config.eventMaxBytes);
    return json;
  }

  /**
   * Appends events to the outbox of one transaction.
   *
   * @remarks They are written with the commit, so that they wait for publication nearly in the order of commits. Events of one aggregate
   * always keep their order, because its row is locked until then. Actor and cause are those of the current call; the correlation id is
   * the call's, or else the aggregate's id.
   * @throws OutboxOutsideTransactionError when the transaction has ended or there is none
   * @throws EventSchemaError, UnknownEventTypeError when an event does not fit the catalogue
   * @throws EventTooLargeError when a payload has more than EVENT_MAX_BYTES; the transaction must not commit then
   */
  append(tx: Transaction, events: readonly DomainEvent[]): void {
    // The type forbids it, but what must not be lost is checked where it would be.
    if (!(tx instanceof Transaction) || !tx.isOpen) throw new OutboxOutsideTransactionError();
    const checked = events.map((event) => {
      assertEventFits(event);
      return { event, data: this.requireFits(event.data) };
    });
    // Now and not at the commit: the transaction of a batch of deliveries commits outside of all of their calls.
    const provenance = currentProvenance();
    const cause = tracing.on ? tracing.current : undefined;
    for (const [n, { event, data }] of checked.entries()) {
      tx.atCommit(() => {
        if (n === 0) this.hint.follow(tx);
        const span = cause && startAppendSpan(event, cause);
        // After a rollback there is no event: a span that is not ended is not sent.
        if (span !== undefined)
          tx.afterCommit(() => {
            span.end();
          });
        return appending(event, data, provenance, span);
      });
    }
  }
}

function appending(event: DomainEvent, data: string, provenance: Provenance, span: Span | undefined): CommitStatement {
  const { id, type, schemaVersion, aggregateType, aggregateId, aggregateSeq } = event;
  const { actor, correlationId = aggregateId, causationId = null } = provenance;
  const traceparent = span === undefined ? (provenance.traceparent ?? null) : formatTraceparent(span.context);
  const source = [correlationId, causationId, traceparent, `${actor.type}:${actor.id}`];
  return {
    statement: APPEND,
    values: [id, type, schemaVersion, aggregateType, aggregateId, aggregateSeq, data, ...source],
    mapError: (error) => (isUniqueViolation(error, 'events_aggregate_idx') ? new AggregateConflictError(error) : error),
  };
}
