import {
  boundedByBytes,
  Database,
  EVENT_COLUMNS,
  EVENT_DATA_BYTES,
  isCutByBytes,
  prepared,
  READ_MAX_BYTES,
  toStoredEvent,
} from '#zakops/database';
import type { ByteCount, EventRow } from '#zakops/database';
import { RepeatingTask } from '#zakops/kernel';
import { Injectable, Logger } from '@nestjs/common';
import { OutboxConfig } from '../outbox.config.js';
import { LOG_CHANNEL, WakeSignal } from '../wake/wake-signal.js';
import { EventLog } from './event-log.js';
import type { LogHead, PublishedEvent, ReadLimits, StopFollowing } from './event-log.js';

const FOLLOW_BATCH: ReadLimits = { maxEvents: 500, maxBytes: READ_MAX_BYTES };

/** Where the name of the log is read. */
const EPOCH_TABLE = 'zakops.event_log_epoch';

// The end of an index that only grows: no version of a row that changes has to be looked through.
const HEAD = prepared(`
  SELECT coalesce((SELECT position FROM zakops.event_log ORDER BY position DESC LIMIT 1), 0) AS position,
         (SELECT epoch FROM ${EPOCH_TABLE}) AS epoch`);

/**
 * Not prepared: a plan that is kept from a time when the log was nearly empty scans all of a log that has grown since, until statistics are
 * gathered again. Exported for a test of its plan, which has to stay a nested loop also when it is planned without knowing the values: for
 * a constant upper bound the planner assumes few rows, and not a third of the log.
 */
export const READ_LOG = boundedByBytes({
  columns: `l.position, ${EVENT_COLUMNS}`,
  bytes: EVENT_DATA_BYTES,
  from: `FROM zakops.event_log l JOIN zakops.events e ON e.id = l.event_id
     WHERE l.position > $1 AND l.position <= ${String(Number.MAX_SAFE_INTEGER)}`,
  order: 'l.position',
  outerOrder: 'position',
  limit: '$2',
  maxBytes: '$3',
});

type LogRow = EventRow & ByteCount & { readonly position: string };

/** The log as two tables: `zakops.event_log` orders, `zakops.events` holds what happened. */
@Injectable()
export class PostgresEventLog extends EventLog {
  readonly #logger = new Logger(PostgresEventLog.name);

  constructor(
    private readonly database: Database,
    private readonly wake: WakeSignal,
    private readonly config: OutboxConfig,
  ) {
    super();
  }

  async head(): Promise<LogHead> {
    const [row] = await this.database.query<{ position: string; epoch: string | null }>(HEAD);
    if (row === undefined || row.epoch === null) throw new Error(`${EPOCH_TABLE} has lost its row.`);
    return { position: Number(row.position), epoch: row.epoch };
  }

  async read(afterPosition: number, limits: ReadLimits): Promise<readonly PublishedEvent[]> {
    return (await this.rows(afterPosition, limits)).map(toPublishedEvent);
  }

  follow(afterPosition: number, onBatch: (events: readonly PublishedEvent[]) => void | Promise<void>): StopFollowing {
    let position = afterPosition;
    const task = new RepeatingTask(
      async (signal) => {
        for (;;) {
          const rows = await this.rows(position, FOLLOW_BATCH);
          const last = rows.at(-1);
          if (last === undefined || signal.aborted) return;
          await onBatch(rows.map(toPublishedEvent));
          position = Number(last.position);
          if (rows.length < FOLLOW_BATCH.maxEvents && !isCutByBytes(rows, FOLLOW_BATCH.maxBytes)) return;
        }
      },
      (error) => {
        this.#logger.debug({ err: error }, 'The log cannot be read at the moment; trying again at the next poll.');
      },
    );
    const stopListening = this.wake.on(LOG_CHANNEL, () => {
      task.trigger();
    });
    // Notices are hints; this is the guarantee.
    task.start(this.config.pollIntervalMs);
    task.trigger();
    return () => {
      stopListening();
      return task.stop();
    };
  }

  private rows(afterPosition: number, { maxEvents, maxBytes }: ReadLimits): Promise<readonly LogRow[]> {
    return this.database.query<LogRow>(READ_LOG, [afterPosition, maxEvents, maxBytes]);
  }
}

function toPublishedEvent(row: LogRow): PublishedEvent {
  // With a position, because the row has one.
  return toStoredEvent(row) as PublishedEvent;
}
