import { Database, prepared } from '#zakops/database';
import { IN_FORCE } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { BehindFacts, DeliveryFacts, OperationFacts, PauseFacts, TicketFacts } from '../domain/delivery-facts.js';
import type { AttemptView, EventPath } from '../explanation.view.js';

/** Far more than a ticket collects in practice; bounds the answer. */
const MOST_ATTEMPTS = 200;

const SECONDS_UNTIL_DUE = (ticket: string): string => `extract(epoch FROM ${ticket}.due_at - now())::float8`;

const DELIVERIES = prepared(`
  SELECT c.consumer, c.state AS "consumerState", coalesce($2 ~ c.pattern, false) AS "isWanted", c.position::float8 AS cursor,
         c.started_after::float8 AS "startedAfter", zakops.ticket_id($1, c.consumer) AS "ticketId",
         t.status, t.attempts, t.reason_code AS "reasonCode", ${SECONDS_UNTIL_DUE('t')} AS "dueInSeconds", t.delivered_at AS "deliveredAt",
         b.event_id AS "behindId", b.event_type AS "behindType", b.status AS "behindStatus", b.attempts AS "behindAttempts",
         ${SECONDS_UNTIL_DUE('b')} AS "behindDueInSeconds",
         o.kind, o.actor, o.performed_at AS "performedAt",
         q.id AS "pauseId", q.scope AS "pauseScope", q.ends_at AS "pauseUntil", q.reason AS "pauseReason"
    FROM zakops.consumer_progress c
    LEFT JOIN zakops.outbox_tickets t ON t.consumer = c.consumer AND t.event_id = $1
    LEFT JOIN LATERAL (
      SELECT * FROM zakops.outbox_tickets
       WHERE consumer = c.consumer AND stream = zakops.stream_of($4, $5) AND status <> 'delivered'
         AND (status <> 'dead' OR event_type ~ c.blocking_types) AND ordinal < $3
       ORDER BY ordinal LIMIT 1) AS b ON true
    LEFT JOIN LATERAL (
      SELECT done.kind, done.actor, done.performed_at
        FROM zakops.dlq_operation_entries d JOIN zakops.dlq_operations done ON done.id = d.operation_id
       WHERE d.entry_id = zakops.ticket_id($1, c.consumer)
       ORDER BY done.performed_at DESC, done.id DESC LIMIT 1) AS o ON true
    LEFT JOIN LATERAL (
      SELECT * FROM zakops.delivery_pauses p
       WHERE p.released_at IS NULL AND ${IN_FORCE}
         AND (p.scope = 'all' OR p.consumer = c.consumer OR $2 ~ p.pattern OR p.stream = zakops.stream_of($4, $5))
       ORDER BY p.ends_at DESC, p.id LIMIT 1) AS q ON true
   WHERE c.consumer <> 'log'
   ORDER BY c.consumer`);

const ATTEMPTS = prepared(`
  SELECT * FROM (
    SELECT consumer, coalesce(number, row_number() OVER (PARTITION BY consumer ORDER BY replay, attempt))::int AS number, started_at AS at,
           duration_ms AS "durationMs", reason_code AS "reasonCode", error, fingerprint, worker, attempt_trace_id AS "traceId", replay, attempt
      FROM zakops.outbox_attempts WHERE event_id = $1
     ORDER BY replay DESC, attempt DESC LIMIT ${String(MOST_ATTEMPTS)}) AS last
   ORDER BY consumer, replay, attempt`);

interface Row extends Pick<DeliveryFacts, 'consumer' | 'consumerState' | 'isWanted' | 'cursor' | 'startedAfter'> {
  readonly ticketId: string;
  readonly status: TicketFacts['status'] | null;
  readonly attempts: number | null;
  readonly reasonCode: string | null;
  readonly dueInSeconds: number | null;
  readonly deliveredAt: Date | null;
  readonly behindId: string | null;
  readonly behindType: string | null;
  readonly behindStatus: BehindFacts['status'] | null;
  readonly behindAttempts: number | null;
  readonly behindDueInSeconds: number | null;
  readonly kind: string | null;
  readonly actor: string | null;
  readonly performedAt: Date | null;
  readonly pauseId: string | null;
  readonly pauseScope: string | null;
  readonly pauseUntil: Date | null;
  readonly pauseReason: string | null;
}

/** What is known of an event at one consumer, but for what the worker says. */
export interface DeliveryRow {
  readonly facts: Omit<DeliveryFacts, 'isRunning'>;
  readonly ticketId: string;
}

/** Reads what became of an event at each consumer, by keys and indexes only. */
@Injectable()
export class DeliveryPathReader {
  constructor(private readonly database: Database) {}

  /** One row for each consumer that the database knows, by name. */
  async deliveries(event: EventPath): Promise<readonly DeliveryRow[]> {
    const rows = await this.database.query<Row>(DELIVERIES, [event.id, event.type, event.position, event.aggregateType, event.aggregateId]);
    return rows.map((row) => ({ facts: toFacts(row, event), ticketId: row.ticketId }));
  }

  /** Its failed attempts by consumer, oldest first; of more than 200 the last ones. */
  async attempts(eventId: string): Promise<ReadonlyMap<string, readonly AttemptView[]>> {
    const rows = await this.database.query<AttemptView & { consumer: string }>(ATTEMPTS, [eventId]);
    const byConsumer = new Map<string, AttemptView[]>();
    for (const row of rows) byConsumer.set(row.consumer, [...(byConsumer.get(row.consumer) ?? []), row]);
    return byConsumer;
  }
}

function toFacts(row: Row, event: EventPath): DeliveryRow['facts'] {
  const { consumer, consumerState, isWanted, cursor, startedAfter } = row;
  return {
    consumer,
    consumerState,
    isWanted,
    cursor,
    startedAfter,
    eventType: event.type,
    position: event.position,
    ticket: toTicket(row),
    behind: toBehind(row),
    lastOperation: toOperation(row),
    pause: toPause(row),
  };
}

function toTicket({ status, attempts, reasonCode, dueInSeconds, deliveredAt }: Row): TicketFacts | null {
  return status === null ? null : { status, attempts: attempts ?? 0, reasonCode, dueInSeconds, deliveredAt };
}

function toBehind(row: Row): BehindFacts | null {
  if (row.behindId === null || row.behindStatus === null) return null;
  return {
    eventId: row.behindId,
    eventType: row.behindType ?? '',
    status: row.behindStatus,
    attempts: row.behindAttempts ?? 0,
    dueInSeconds: row.behindDueInSeconds,
  };
}

function toOperation({ kind, actor, performedAt }: Row): OperationFacts | null {
  return kind === null || performedAt === null ? null : { kind, actor: actor ?? '', at: performedAt };
}

function toPause({ pauseId, pauseScope, pauseUntil, pauseReason }: Row): PauseFacts | null {
  if (pauseId === null || pauseUntil === null) return null;
  return { id: pauseId, scope: pauseScope ?? '', until: pauseUntil, reason: pauseReason ?? '' };
}
