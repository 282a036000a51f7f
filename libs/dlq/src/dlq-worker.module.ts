import { OutboxModule, OutboxRelayModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { DlqModule } from './dlq.module.js';
import { TaskSchedule } from './tasks/task.schedule.js';

/** The worker's part of the dead letter queue: it carries out tasks. */
@Module({
  imports: [DlqModule, OutboxModule, OutboxRelayModule, ScheduleModule.forRoot()],
  providers: [TaskSchedule],
})
export class DlqWorkerModule {}
