import { Database, EVENT_COLUMNS, toStoredEvent } from '#zakops/database';
import type { EventRow } from '#zakops/database';
import { Injectable, Logger } from '@nestjs/common';
import { OutboxConfig } from '../outbox.config.js';
import { SerialTask } from '../relay/serial-task.js';
import { LOG_CHANNEL, WakeSignal } from '../wake/wake-signal.js';
import { EventLog } from './event-log.js';
import type { LogHead, PublishedEvent, StopFollowing } from './event-log.js';

const FOLLOW_BATCH = 500;

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
    const [row] = await this.database.query<{ position: string; epoch: string }>('SELECT position, epoch FROM zakops.event_log_head');
    if (row === undefined) throw new Error('zakops.event_log_head has lost its row.');
    return { position: Number(row.position), epoch: row.epoch };
  }

  async read(afterPosition: number, limit: number): Promise<readonly PublishedEvent[]> {
    const rows = await this.database.query<EventRow & { position: string }>(
      `SELECT l.position, ${EVENT_COLUMNS}
         FROM (SELECT position, event_id FROM zakops.event_log WHERE position > $1 ORDER BY position LIMIT $2) l
         JOIN zakops.events e ON e.id = l.event_id
        ORDER BY l.position`,
      [afterPosition, limit],
    );
    return rows.map((row) => ({ ...toStoredEvent(row), position: Number(row.position) }));
  }

  follow(afterPosition: number, onBatch: (events: readonly PublishedEvent[]) => void | Promise<void>): StopFollowing {
    let position = afterPosition;
    let stopped = false;
    const isStopped = (): boolean => stopped;
    const task = new SerialTask(
      async () => {
        while (!isStopped()) {
          const events = await this.read(position, FOLLOW_BATCH);
          const last = events.at(-1);
          if (last === undefined || isStopped()) return;
          await onBatch(events);
          position = last.position;
          if (events.length < FOLLOW_BATCH) return;
        }
      },
      (error) => {
        this.#logger.debug({ err: error }, 'The log cannot be read at the moment; trying again at the next poll.');
      },
    );
    const wakeUp = (): void => {
      task.trigger();
    };
    const stopListening = this.wake.on(LOG_CHANNEL, wakeUp);
    // Notices are hints; this is the guarantee.
    const poll = setInterval(wakeUp, this.config.pollIntervalMs);
    wakeUp();
    return async () => {
      stopped = true;
      stopListening();
      clearInterval(poll);
      await task.idle();
    };
  }
}
