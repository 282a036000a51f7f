import { makeEvent } from '#zakops/contracts';
import type { CatalogueEvent } from '#zakops/contracts';
import { DatabaseConnector, UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { EventConsumer, Outbox, OutboxConfig, OutboxRelayModule, PermanentDeliveryError } from '#zakops/outbox';
import type { Delivery, SingleEventConsumer } from '#zakops/outbox';
import { ProcessesModule } from '#zakops/processes';
import { createTestDatabase, startModules, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { DlqWorkerModule } from '../src/index.js';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { OperationsApi } from '../../../apps/api/test/operations-harness.js';

/** A task on the wire. */
export interface TaskBody extends Record<string, unknown> {
  readonly id: string;
  readonly state: string;
  readonly state_reason: string | null;
  readonly total: number;
  readonly done: number;
  readonly undone: number;
  readonly outcomes: Record<string, number>;
}

// Tickets that a test writes by hand are of lower numbers, and their events are in the log too.
const FIRST_DEAL = 1_000;

const dealId = (number: number): string => `DEAL-${String(number).padStart(6, '0')}`;

/** Takes nothing of the deals of {@link TasksTestbed.die} until it is told to; remembers what it took of them. */
@EventConsumer({ name: 'fickle', events: ['deal.*'], onDead: 'block' })
@Injectable()
export class Fickle implements SingleEventConsumer {
  taken: Delivery['event'][] = [];
  takes = false;

  handle({ event }: Delivery): Promise<void> {
    if (event.aggregateId < dealId(FIRST_DEAL)) return Promise.resolve();
    if (!this.takes) return Promise.reject(new PermanentDeliveryError('not_now', `Not ${event.id}.`));
    this.taken.push(event);
    return Promise.resolve();
  }
}

/** Takes everything; remembers how often. */
@EventConsumer({ name: 'steady', events: ['deal.*'] })
@Injectable()
export class Steady implements SingleEventConsumer {
  readonly taken: string[] = [];

  handle({ event }: Delivery): Promise<void> {
    this.taken.push(event.id);
    return Promise.resolve();
  }
}

/** An API, an active worker with two consumers, and their database. */
export class TasksTestbed {
  #deals = FIRST_DEAL;

  private constructor(
    readonly database: TestDatabase,
    readonly api: OperationsApi,
    readonly worker: INestApplicationContext,
  ) {}

  static async start(): Promise<TasksTestbed> {
    const database = await createTestDatabase();
    const env = { OUTBOX_POLL_INTERVAL: '0.1' };
    const api = await startOperationsApi(database.url);
    await api.app.get(DatabaseConnector).whenConnected();
    const worker = await startModules(database.url, {
      settings: [OutboxConfig],
      imports: [ProcessesModule.forRoot('outbox-worker'), OutboxRelayModule, DlqWorkerModule],
      providers: [Fickle, Steady],
      env,
    });
    return new TasksTestbed(database, api, worker);
  }

  get fickle(): Fickle {
    return this.worker.get(Fickle);
  }

  /** Publishes so many deals with some events each, and waits until the first of each is dead for the fickle consumer. */
  async die(deals: number, more = 0): Promise<readonly string[]> {
    const ids = Array.from({ length: deals }, () => dealId((this.#deals += 1)));
    const events = ids.flatMap((id) => Array.from({ length: 1 + more }, (_, n) => event(id, n + 1)));
    const outbox = this.worker.get(Outbox, { strict: false });
    await this.worker.get(UnitOfWork).run((tx) => {
      outbox.append(tx, events);
      return Promise.resolve();
    });
    await waitFor('their death', async () => (await this.dead()) === deals);
    return ids;
  }

  async dead(consumer = 'fickle'): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM zakops.outbox_tickets WHERE status = 'dead' AND consumer = $1`,
      [consumer],
    );
    return row?.n ?? 0;
  }

  async task(id: string): Promise<TaskBody> {
    return (await this.api.get<TaskBody>(`/api/admin/dlq/tasks/${id}`)).body;
  }

  /** Waits until a task fits. */
  async until(id: string, fits: (task: TaskBody) => boolean): Promise<TaskBody> {
    let task = await this.task(id);
    await waitFor('the task', async () => fits((task = await this.task(id))));
    return task;
  }

  /** Every ticket and attempt of a consumer, as text. */
  async rows(consumer: string): Promise<readonly unknown[]> {
    return this.database.query(
      `SELECT to_jsonb(t) AS row FROM zakops.outbox_tickets t WHERE consumer = $1
       UNION ALL SELECT to_jsonb(a) FROM zakops.outbox_attempts a WHERE consumer = $1 ORDER BY 1`,
      [consumer],
    );
  }

  /** Forgets what a test has left. */
  async clear(): Promise<void> {
    this.fickle.takes = true;
    await this.database.query(`UPDATE zakops.dlq_tasks SET state = 'finished', finished_at = now() WHERE state IN ('running', 'undoing')`);
    await this.database.query('DELETE FROM zakops.outbox_tickets');
    await this.database.query('DELETE FROM zakops.dlq_task_entries');
    await this.database.query('DELETE FROM zakops.dead_letter_archive');
    await this.database.query('UPDATE zakops.consumer_progress SET changes = changes + 1');
    this.fickle.takes = false;
    this.fickle.taken = [];
  }

  async stop(): Promise<void> {
    await Promise.all([this.worker.close(), this.api.close()]);
    await this.database.drop();
  }
}

function event(deal: string, seq: number): CatalogueEvent<'deal.updated'> {
  return makeEvent('deal.updated', uuidV7(), deal, seq, {
    deal_id: deal,
    changes: [{ field: 'display_name', old_value: seq - 1, new_value: seq }],
  });
}
