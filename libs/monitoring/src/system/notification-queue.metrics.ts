import { Database, prepared } from '#zakops/database';
import { ContributesSystemMetrics, defineFamily } from '#zakops/metrics';
import type { MetricFamily, SystemMetricsContributor } from '#zakops/metrics';
import { Injectable } from '@nestjs/common';

const READ = prepared('SELECT pg_notification_queue_usage() AS usage');

const QUEUE_USAGE = defineFamily('gauge', {
  name: 'zakops_db_notification_queue_usage_ratio',
  help: 'How full the notification queue of the database server is, 0 to 1. All its databases share the queue; when it is full, notices fail.',
});

/** How full the notification queue of the database server is. */
@ContributesSystemMetrics()
@Injectable()
export class NotificationQueueMetrics implements SystemMetricsContributor {
  readonly definitions = [QUEUE_USAGE];

  constructor(private readonly database: Database) {}

  async read(): Promise<readonly MetricFamily[]> {
    const [row] = await this.database.query<{ usage: number }>(READ);
    return [QUEUE_USAGE.of([{ labels: {}, value: row?.usage ?? 0 }])];
  }
}
