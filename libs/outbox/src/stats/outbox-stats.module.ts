import { ProcessListModule } from '#zakops/processes';
import { Module } from '@nestjs/common';
import { AppendRate } from './append-rate.js';
import { OutboxFigures } from './outbox.figures.js';
import { OutboxStatsReader } from './outbox-stats.reader.js';

/** Reads the stats of the event layer, and keeps their past. Loaded by the API, and by the worker, which keeps it while no API runs. */
@Module({
  imports: [ProcessListModule],
  providers: [AppendRate, OutboxFigures, OutboxStatsReader],
  exports: [AppendRate, OutboxStatsReader],
})
export class OutboxStatsModule {}
