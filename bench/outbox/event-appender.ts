import { ConfigModule, loadConfig, RuntimeConfig } from '#zakops/config';
import { makeEvent } from '#zakops/contracts';
import type { CatalogueEvent } from '#zakops/contracts';
import { DatabaseConfig, DatabaseConnector, DatabaseModule, UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { Outbox, OutboxConfig, OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MIGRATIONS } from '../../migrations/index.js';

@Module({})
class AppenderModule {}

/** What a command needs to write events, as the product has it. */
export interface EventAppender {
  readonly unitOfWork: UnitOfWork;
  readonly outbox: Outbox;
  readonly close: () => Promise<void>;
}

/** Opens the product's own parts that append events, without a relay. */
export async function openEventAppender(databaseUrl: string, env: Readonly<Record<string, string>> = {}): Promise<EventAppender> {
  const config = loadConfig([RuntimeConfig, DatabaseConfig, OutboxConfig], { DATABASE_URL: databaseUrl, ...env });
  const app = await NestFactory.createApplicationContext(
    {
      module: AppenderModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot({ applicationName: 'zakops-bench-writer', migrations: MIGRATIONS }),
        OutboxModule,
      ],
    },
    { logger: false },
  );
  await app.get(DatabaseConnector).whenConnected();
  return { unitOfWork: app.get(UnitOfWork), outbox: app.get(Outbox, { strict: false }), close: () => app.close() };
}

/** An event of a deal with the given text as its new name. */
export function dealUpdated(dealNumber: number, sequence: number, text: string): CatalogueEvent<'deal.updated'> {
  const dealId = `DEAL-${String(dealNumber)}`;
  return makeEvent('deal.updated', uuidV7(), dealId, sequence, {
    deal_id: dealId,
    changes: [{ field: 'display_name', old_value: null, new_value: text }],
  });
}
