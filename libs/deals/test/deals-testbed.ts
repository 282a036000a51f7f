import type { DealStage } from '#zakops/contracts';
import { OutboxConfig, OutboxRelayModule } from '#zakops/outbox';
import { ProcessesModule } from '#zakops/processes';
import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext, ModuleMetadata, Type } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { CreateDeal } from '../src/commands/create-deal/create-deal.command.js';
import { MoveDeal } from '../src/commands/move-deal/move-deal.command.js';
import { DealsConfig, DealsModule } from '../src/index.js';
import type { DealDetails } from '../src/domain/deal-details.js';
import { dealDetails } from './deal.builder.js';

/** Deals on a database of their own, without HTTP; with `relay` also the worker. */
export class DealsTestbed {
  private constructor(
    readonly database: TestDatabase,
    private readonly app: INestApplicationContext,
    readonly commands: CommandBus,
    readonly queries: QueryBus,
  ) {}

  static async create(options: { relay?: boolean; imports?: NonNullable<ModuleMetadata['imports']> } = {}): Promise<DealsTestbed> {
    const database = await createTestDatabase();
    const app = await startModules(database.url, {
      settings: [DealsConfig, OutboxConfig],
      imports: [
        ProcessesModule.forRoot('outbox-worker'),
        CqrsModule.forRoot(),
        DealsModule,
        ...(options.relay === true ? [OutboxRelayModule] : []),
        ...(options.imports ?? []),
      ],
      // A quarter of the pool may wait for one row: twenty.
      env: { DATABASE_POOL_SIZE: '80', OUTBOX_POLL_INTERVAL: '0.1' },
    });
    return new DealsTestbed(database, app, app.get(CommandBus), app.get(QueryBus));
  }

  get<T>(token: Type<T> | (abstract new (...args: never[]) => T)): T {
    return this.app.get(token, { strict: false });
  }

  /** Opens a deal and gives its id. */
  async open(details: Partial<DealDetails> = {}, stage: DealStage = 'inbound'): Promise<string> {
    return (await this.commands.execute(new CreateDeal(dealDetails(details), stage, 'test'))).dealId;
  }

  /** A move by a fixed person. */
  static move(dealId: string, newStage: string, key?: string): MoveDeal {
    return new MoveDeal(dealId, newStage, null, key, 'ann@example.com', undefined);
  }

  /** Every row that deals and their events consist of, as text. */
  async snapshot(): Promise<unknown> {
    const tables = ['deals', 'deal_aliases', 'deal_stage_history', 'deal_activity', 'events', 'outbox'];
    const rows = tables.map((table) => `SELECT '${table}' AS of, to_jsonb(t)::text AS row FROM zakops.${table} t`);
    return this.database.query(`${rows.join(' UNION ALL ')} ORDER BY 1, 2`);
  }

  async dispose(): Promise<void> {
    await this.app.close();
    await this.database.drop();
  }
}
