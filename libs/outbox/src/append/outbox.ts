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

const APPEND = prepared(`
  WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS g(
      n integer, id uuid, type text, schema_version smallint, aggregate_type text, aggregate_id text, aggregate_seq bigint,
      data jsonb, correlation_id text, causation_id text, traceparent text, actor text)
  ), appended AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data,
      correlation_id, causation_id, traceparent, actor, data_bytes)
    SELECT id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data,
      correlation_id, causation_id, traceparent, actor, octet_length(data::text)
    FROM given ORDER BY n
  )
  INSERT INTO zakops.outbox_waiting (event_id, stream)
  SELECT id, zakops.stream_of(aggregate_type, aggregate_id) FROM given ORDER BY n`);

/** An event that is written at the commit, and where it came from. */
interface AppendedEvent {
  readonly event: DomainEvent;
  readonly provenance: Provenance;
  /** The span that was at work; undefined while tracing is off. */
  readonly cause: Span | undefined;
}

/** Takes the events of commands: they are committed together with the change that they report, or not at all. */
@Injectable()
export class Outbox {
  readonly #waiting = new WeakMap<Transaction, AppendedEvent[]>();

  constructor(
    private readonly hint: CommitHint,
    private readonly config: OutboxConfig,
  ) {}

  /**
   * Makes sure that an event may have this payload.
   *
   * @throws EventTooLargeError when it has more than EVENT_MAX_BYTES
   */
  requireFits(payload: unknown): void {
    const bytes = payloadBytes(payload);
    if (bytes > this.config.eventMaxBytes) throw new EventTooLargeError(bytes, this.config.eventMaxBytes);
  }

  /**
   * Appends events to the outbox of one transaction.
   *
   * @remarks One statement writes all of them right before the commit, so that they wait for publication nearly in the order of commits.
   * Events of one aggregate always keep their order, because its row is locked until then. Actor and cause are those of the current call;
   * the correlation id is the call's, or else the aggregate's id.
   * @throws OutboxOutsideTransactionError when the transaction has ended or there is none
   * @throws EventSchemaError, UnknownEventTypeError when an event does not fit the catalogue
   * @throws EventTooLargeError when a payload has more than EVENT_MAX_BYTES; the transaction must not commit then
   */
  append(tx: Transaction, events: readonly DomainEvent[]): void {
    // The type forbids it, but what must not be lost is checked where it would be.
    if (!(tx instanceof Transaction) || !tx.isOpen) throw new OutboxOutsideTransactionError();
    if (events.length === 0) return;
    for (const event of events) {
      assertEventFits(event);
      this.requireFits(event.data);
    }
    // Now and not at the commit: the transaction of a batch of deliveries commits outside of all of their calls.
    const provenance = currentProvenance();
    const cause = tracing.on ? tracing.current : undefined;
    const appended = events.map((event) => ({ event, provenance, cause }));
    const waiting = this.#waiting.get(tx);
    if (waiting !== undefined) {
      const before = waiting.length;
      waiting.push(...appended);
      tx.onUndo(() => (waiting.length = before));
      return;
    }
    this.#waiting.set(tx, appended);
    tx.onUndo(() => this.#waiting.delete(tx));
    tx.atCommit(() => {
      const spans = tracing.on ? appended.map(({ event, cause: by }) => startAppendSpan(event, by)) : undefined;
      // After a rollback there is no event: a span that is not ended is not sent.
      if (spans !== undefined)
        tx.afterCommit(() => {
          for (const span of spans) span?.end();
        });
      this.hint.follow(tx);
      return appendOf(appended, spans);
    });
  }
}

function appendOf(appended: readonly AppendedEvent[], spans: readonly (Span | undefined)[] | undefined): CommitStatement {
  const rows = appended.map(({ event, provenance: { actor, correlationId, causationId, traceparent } }, n) => {
    const span = spans?.[n];
    return {
      n,
      id: event.id,
      type: event.type,
      schema_version: event.schemaVersion,
      aggregate_type: event.aggregateType,
      aggregate_id: event.aggregateId,
      aggregate_seq: event.aggregateSeq,
      data: event.data,
      correlation_id: correlationId ?? event.aggregateId,
      causation_id: causationId ?? null,
      traceparent: span === undefined ? (traceparent ?? null) : formatTraceparent(span.context),
      actor: `${actor.type}:${actor.id}`,
    };
  });
  return {
    statement: APPEND,
    values: [JSON.stringify(rows)],
    mapError: (error) => (isUniqueViolation(error, 'events_aggregate_idx') ? new AggregateConflictError(error) : error),
  };
}
