import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { DealsModule } from './deals.module.js';
import { ImportSchedule } from './transfer/import.schedule.js';
import { StaleDealsSchedule } from './stale/stale-deals.schedule.js';

/** The worker's part of deals: their consumers, and the look for stale ones. */
@Module({
  imports: [DealsModule, ScheduleModule.forRoot()],
  providers: [StaleDealsSchedule, ImportSchedule],
})
export class DealsWorkerModule {}
