import { Database } from '#zakops/database';
import { deadLetterCondition, DEAD_LETTER_ID, FAILED_AT, needsEvents, TICKETS } from '#zakops/outbox';
import type { DeadLetterFilter } from '#zakops/outbox';
import { Injectable } from '@nestjs/common';
import type { DlqTask, SampledDeadLetter, TaskKey, TaskPage, TaskPreview, TaskState } from './dlq-task.js';
import { TaskNotFoundError } from './dlq-task.errors.js';
import { TASK_COLUMNS } from './dlq-task.store.js';

const SAMPLE = 5;

/** How long a preview counts. */
const PREVIEW_MINUTES = 15;

const KEY = `to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

interface PreviewRow {
  readonly count: number;
  readonly oldest: Date | null;
  readonly newest: Date | null;
  readonly hour: number;
  readonly day: number;
  readonly older: number;
  readonly types: Readonly<Record<string, number>>;
  readonly consumers: Readonly<Record<string, number>>;
  readonly sample: readonly (Omit<SampledDeadLetter, 'failedAt'> & { readonly failedAt: string })[];
  readonly expiresAt: Date;
}

/** Reads tasks, and what one would change. */
@Injectable()
export class DlqTaskReader {
  constructor(private readonly database: Database) {}

  /** @throws TaskNotFoundError */
  async get(id: string): Promise<DlqTask> {
    const [task] = await this.database.query<DlqTask>(`SELECT ${TASK_COLUMNS} FROM zakops.dlq_tasks WHERE id = $1`, [id]);
    if (task === undefined) throw new TaskNotFoundError(id);
    return task;
  }

  /** Newest first. */
  async list(state: TaskState | undefined, limit: number, after: TaskKey | undefined): Promise<TaskPage> {
    const rows = await this.database.query<DlqTask & { key: string }>(
      `SELECT ${TASK_COLUMNS}, ${KEY} AS key FROM zakops.dlq_tasks
        WHERE ($1::text IS NULL OR state = $1) AND ($2::timestamptz IS NULL OR (created_at, id) < ($2, $3::uuid))
        ORDER BY created_at DESC, id DESC LIMIT $4`,
      [state ?? null, after?.createdAt ?? null, after?.id ?? null, limit + 1],
    );
    const tasks = rows.slice(0, limit);
    const last = tasks.at(-1);
    return { tasks, next: rows.length > limit && last !== undefined ? { createdAt: last.key, id: last.id } : null };
  }

  /** What a task with this filter would find now, in one snapshot. */
  async preview(filter: DeadLetterFilter): Promise<TaskPreview> {
    const parameters: unknown[] = [];
    const events = needsEvents(filter) ? 'JOIN zakops.events e ON e.id = o.event_id' : '';
    const [row] = await this.database.query<PreviewRow>(
      `WITH fitting AS MATERIALIZED (
         SELECT o.event_id, o.consumer, o.event_type, o.reason_code, o.last_error, ${FAILED_AT} AS failed_at
           FROM ${TICKETS} o ${events} WHERE ${deadLetterCondition(filter, parameters)}
       ), sampled AS MATERIALIZED (
         SELECT * FROM fitting ORDER BY failed_at, event_id LIMIT ${String(SAMPLE)}
       )
       SELECT count(*)::int AS count, min(failed_at) AS oldest, max(failed_at) AS newest,
              count(*) FILTER (WHERE failed_at >= now() - interval '1 hour')::int AS hour,
              count(*) FILTER (WHERE failed_at < now() - interval '1 hour' AND failed_at >= now() - interval '1 day')::int AS day,
              count(*) FILTER (WHERE failed_at < now() - interval '1 day')::int AS older,
              (SELECT coalesce(json_object_agg(event_type, n), '{}') FROM (SELECT event_type, count(*) AS n FROM fitting GROUP BY 1) t) AS types,
              (SELECT coalesce(json_object_agg(consumer, n), '{}') FROM (SELECT consumer, count(*) AS n FROM fitting GROUP BY 1) c) AS consumers,
              (SELECT coalesce(json_agg(json_build_object('id', ${DEAD_LETTER_ID}, 'eventType', o.event_type, 'consumer', o.consumer,
                        'aggregateId', (SELECT aggregate_id FROM zakops.events WHERE id = o.event_id), 'reasonCode', o.reason_code,
                        'lastError', o.last_error, 'failedAt', o.failed_at) ORDER BY o.failed_at), '[]') FROM sampled o) AS sample,
              statement_timestamp() + interval '${String(PREVIEW_MINUTES)} minutes' AS "expiresAt"
         FROM fitting`,
      parameters,
    );
    if (row === undefined) throw new Error('An aggregate gave no row.');
    return {
      count: row.count,
      types: row.types,
      consumers: row.consumers,
      ages: { oldestFailedAt: row.oldest, newestFailedAt: row.newest, lastHour: row.hour, lastDay: row.day, older: row.older },
      sample: row.sample.map((one) => ({ ...one, failedAt: new Date(one.failedAt) })),
      expiresAt: row.expiresAt,
    };
  }
}
