import { assertEventFits } from '#zakops/contracts';
import { isUniqueViolation, prepared, Transaction } from '#zakops/database';
import type { CommitStatement } from '#zakops/database';
import type { DomainEvent } from '#zakops/kernel';
import { currentProvenance } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import { LOG_CONSUMER } from '../tickets/log-consumer.js';
import { CommitHint } from './commit-hint.js';
import { AggregateConflictError, OutboxOutsideTransactionError } from './outbox.errors.js';

const APPEND = prepared(`
  WITH given AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS g(
      n integer, id uuid, type text, schema_version smallint, aggregate_type text, aggregate_id text, aggregate_seq bigint,
      data jsonb, correlation_id text, causation_id text, traceparent text, actor text)
  ), appended AS (
    INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data,
      correlation_id, causation_id, traceparent, actor)
    SELECT id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data,
      correlation_id, causation_id, traceparent, actor
    FROM given ORDER BY n
  )
  INSERT INTO zakops.outbox (event_id, consumer, event_type, stream)
  SELECT id, '${LOG_CONSUMER}', type, zakops.stream_of(aggregate_type, aggregate_id) FROM given ORDER BY n`);

/** Where commands put their events: they are committed together with the change they tell of, or not at all. */
@Injectable()
export class Outbox {
  readonly #waiting = new WeakMap<Transaction, DomainEvent[]>();

  constructor(private readonly hint: CommitHint) {}

  /**
   * Appends events to the outbox of one transaction.
   *
   * @remarks They are written by one statement right before the commit, so that the order of tickets is the order of commits as
   * nearly as can be; events of one aggregate keep their order always, because its row is locked until then. Who caused them is
   * taken from the current call; the correlation id is the caller's, or else the aggregate's id.
   * @throws OutboxOutsideTransactionError when the transaction is over or there is none
   * @throws EventSchemaError, UnknownEventTypeError when an event does not fit the catalogue
   */
  append(tx: Transaction, events: readonly DomainEvent[]): void {
    // The type forbids it, but what must not be lost is checked where it would be.
    if (!(tx instanceof Transaction) || !tx.isOpen) throw new OutboxOutsideTransactionError();
    if (events.length === 0) return;
    for (const event of events) assertEventFits(event);
    const waiting = this.#waiting.get(tx);
    if (waiting !== undefined) {
      waiting.push(...events);
      return;
    }
    const first = [...events];
    this.#waiting.set(tx, first);
    tx.atCommit(() => appendOf(first));
    tx.afterCommit(() => {
      this.hint.give();
    });
  }
}

function appendOf(events: readonly DomainEvent[]): CommitStatement {
  const { actor, correlationId, causationId, traceparent } = currentProvenance();
  const rows = events.map((event, n) => ({
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
    traceparent: traceparent ?? null,
    actor: `${actor.type}:${actor.id}`,
  }));
  return {
    statement: APPEND,
    values: [JSON.stringify(rows)],
    mapError: (error) => (isUniqueViolation(error, 'events_aggregate_idx') ? new AggregateConflictError(error) : error),
  };
}
