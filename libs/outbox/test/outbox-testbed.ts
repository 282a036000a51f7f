import { makeEvent } from '#zakops/contracts';
import type { CatalogueEvent } from '#zakops/contracts';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { ProcessesModule } from '#zakops/processes';
import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext, ModuleMetadata, Provider, Type } from '@nestjs/common';
import { Outbox, OutboxConfig, OutboxModule, OutboxRelayModule } from '../src/index.js';

/** A process of the event layer inside the test: with the relay and consumers (a worker), or without (a writer). */
export interface OutboxProcess {
  readonly app: INestApplicationContext;
  get<T>(token: Type<T> | (abstract new (...args: never[]) => T)): T;
  /** Appends events in one transaction of their own. */
  append(...events: readonly CatalogueEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** A database and the processes on it; `dispose` ends all. */
export class OutboxTestbed {
  readonly #open: INestApplicationContext[] = [];
  readonly #sequences = new Map<string, number>();

  private constructor(readonly database: TestDatabase) {}

  static async create(): Promise<OutboxTestbed> {
    return new OutboxTestbed(await createTestDatabase());
  }

  /** Starts a process; `consumers` are provider classes with `@EventConsumer`. */
  async start(options: {
    relay: boolean;
    providers?: readonly Provider[];
    imports?: NonNullable<ModuleMetadata['imports']>;
    env?: Readonly<Record<string, string>>;
  }): Promise<OutboxProcess> {
    const app = await startModules(this.database.url, {
      settings: [OutboxConfig],
      imports: [
        ProcessesModule.forRoot('outbox-worker'),
        options.relay ? OutboxRelayModule : OutboxModule,
        OutboxModule,
        ...(options.imports ?? []),
      ],
      providers: options.providers ?? [],
      env: options.env ?? {},
    });
    this.#open.push(app);
    const unitOfWork = app.get(UnitOfWork);
    const outbox = app.get(Outbox, { strict: false });
    return {
      app,
      get: (token) => app.get(token, { strict: false }),
      append: (...events) =>
        unitOfWork.run((tx) => {
          outbox.append(tx, events);
          return Promise.resolve();
        }),
      close: async () => {
        this.#open.splice(this.#open.indexOf(app), 1);
        await app.close();
      },
    };
  }

  /** What became of the events of a consumer: how many were delivered, and its tickets by state. */
  async statuses(consumer: string): Promise<Record<string, number>> {
    const rows = await this.database.query<{ status: string; n: number }>(
      `SELECT status, count(*)::int AS n FROM zakops.outbox WHERE consumer = $1 AND status <> 'delivered' GROUP BY status
       UNION ALL SELECT 'delivered', delivered::int FROM zakops.consumer_progress WHERE consumer = $1 AND delivered > 0`,
      [consumer],
    );
    return Object.fromEntries(rows.map((row) => [row.status, row.n]));
  }

  /** Has every failed ticket be due now. */
  async skipWaits(): Promise<void> {
    await this.database.query(`UPDATE zakops.outbox_tickets SET due_at = now() WHERE status = 'failed' AND due_at > now()`);
  }

  /** The next event of a deal: `deal.updated` with the number it has in that deal's life. */
  event(dealNumber: number): CatalogueEvent<'deal.updated'> {
    const dealId = `DEAL-${String(dealNumber).padStart(6, '0')}`;
    const seq = (this.#sequences.get(dealId) ?? 0) + 1;
    this.#sequences.set(dealId, seq);
    return makeEvent('deal.updated', uuidV7(), dealId, seq, {
      deal_id: dealId,
      changes: [{ field: 'display_name', old_value: seq - 1, new_value: seq }],
    });
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((app) => app.close()));
    await this.database.drop();
  }
}
