import { ProcessListModule } from '#zakops/processes';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AppendRate } from '../stats/append-rate.js';
import { LeaderStatusReader } from '../stats/leader-status.js';
import { OutboxStatsReader } from '../stats/outbox-stats.reader.js';
import { GetOutboxStatsHandler } from './get-outbox-stats.handler.js';
import { OutboxStatsController } from './outbox-stats.controller.js';

/** The outbox's statistics over HTTP. For the API; the worker opens no port. */
@Module({
  imports: [CqrsModule, ProcessListModule],
  controllers: [OutboxStatsController],
  providers: [AppendRate, GetOutboxStatsHandler, LeaderStatusReader, OutboxStatsReader],
  exports: [LeaderStatusReader, OutboxStatsReader],
})
export class OutboxHttpModule {}
