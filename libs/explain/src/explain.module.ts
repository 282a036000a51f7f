import { LeaderStatusReader, OutboxModule } from '#zakops/outbox';
import { ProcessListModule } from '#zakops/processes';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DeliveryPathReader } from './persistence/delivery-path.reader.js';
import { EventPathReader } from './persistence/event-path.reader.js';
import { StreamsPassedReader } from './persistence/streams-passed.reader.js';
import { ExplainEventHandler } from './queries/explain-event/explain-event.handler.js';

/** Explains events; without HTTP, also for a command. */
@Module({
  imports: [CqrsModule, OutboxModule, ProcessListModule],
  providers: [DeliveryPathReader, EventPathReader, ExplainEventHandler, LeaderStatusReader, StreamsPassedReader],
})
export class ExplainModule {}
