import { ConfigModule, loadConfig, RuntimeConfig } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { DatabaseConfig, DatabaseConnector, DatabaseModule } from '#zakops/database';
import { OutboxConfig } from '#zakops/outbox';
import type { INestApplicationContext } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { MIGRATIONS } from '../../migrations/index.js';

/** The product's own database part, connected, with the settings of the outbox. */
export async function openBenchContext(
  url: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ app: INestApplicationContext; config: LoadedConfig }> {
  const config = loadConfig([RuntimeConfig, DatabaseConfig, OutboxConfig], { DATABASE_URL: url, ...env });

  class BenchModule {}
  Module({})(BenchModule);
  const app = await NestFactory.createApplicationContext(
    {
      module: BenchModule,
      imports: [
        ConfigModule.forRoot(config),
        DatabaseModule.forRoot({ applicationName: 'zakops-bench', migrations: MIGRATIONS }),
        DiscoveryModule,
      ],
    },
    { logger: false },
  );
  await app.get(DatabaseConnector).whenConnected();
  return { app, config };
}
