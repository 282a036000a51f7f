import { LeaderStatusReader } from '#zakops/outbox';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { judgeDelivery } from '../../domain/judge-delivery.js';
import { summarize, waitsFor } from '../../domain/summarize.js';
import { ExplainedEventNotFoundError } from '../../explain.errors.js';
import type { AttemptView, DeliveryView, ExplanationView } from '../../explanation.view.js';
import { DeliveryPathReader } from '../../persistence/delivery-path.reader.js';
import type { DeliveryRow } from '../../persistence/delivery-path.reader.js';
import { EventPathReader } from '../../persistence/event-path.reader.js';
import { StreamsPassedReader } from '../../persistence/streams-passed.reader.js';
import { ExplainEvent } from './explain-event.query.js';

@QueryHandler(ExplainEvent)
export class ExplainEventHandler implements IQueryHandler<ExplainEvent> {
  constructor(
    private readonly events: EventPathReader,
    private readonly paths: DeliveryPathReader,
    private readonly streams: StreamsPassedReader,
    private readonly leader: LeaderStatusReader,
  ) {}

  async execute({ id }: ExplainEvent): Promise<ExplanationView> {
    const event = await this.events.find(id);
    if (event === undefined) throw new ExplainedEventNotFoundError(id);
    const [call, rows, attempts, streams, { alive, report }] = await Promise.all([
      this.events.callOf(event),
      this.paths.deliveries(event),
      this.paths.attempts(id),
      this.streams.passed(event.position),
      this.leader.read(),
    ]);
    const running = alive ? (report.consumers ?? []) : [];
    const deliveries = rows.map((row) => toDelivery(row, running.includes(row.facts.consumer), attempts.get(row.facts.consumer) ?? []));
    const publication = { position: event.position, hasWorker: alive };
    return {
      event,
      call: call ?? null,
      deliveries,
      streams,
      summary: summarize(publication, deliveries),
      waitsFor: waitsFor(publication, deliveries),
    };
  }
}

function toDelivery({ facts, ticketId }: DeliveryRow, isRunning: boolean, attempts: readonly AttemptView[]): DeliveryView {
  const { ticket, lastOperation, pause } = facts;
  return {
    ...judgeDelivery({ ...facts, isRunning }),
    consumer: facts.consumer,
    cursor: facts.cursor,
    deadLetterId: ticket === null && lastOperation === null ? null : ticketId,
    behind: ticket === null ? null : facts.behind,
    pause,
    lastOperation,
    attempts,
  };
}
