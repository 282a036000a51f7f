import { Database, prepared } from '#zakops/database';
import { defineFamily } from '#zakops/metrics';
import type { MetricFamily } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';
import type { SystemFigure } from './system-figure.js';

const READ = prepared('SELECT pg_notification_queue_usage() AS usage');

const QUEUE_USAGE = defineFamily('gauge', {
  name: 'zakops_db_notification_queue_usage_ratio',
  help: 'How full the notification queue of the database server is, which all its databases share, 0 to 1. Full, it refuses all notices.',
});

/** What the database server runs short of. */
@Injectable()
export class DatabaseFigures implements SystemFigure {
  readonly definitions = [QUEUE_USAGE];

  constructor(private readonly database: Database) {}

  async read(): Promise<readonly MetricFamily[]> {
    const [row] = await this.database.query<{ usage: number }>(READ);
    return [QUEUE_USAGE.of([{ labels: {}, value: row?.usage ?? 0 }])];
  }
}
