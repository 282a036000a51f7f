import type { AnyConfigClass } from '#zakops/config';
import type { DynamicModule, INestApplicationContext, Provider } from '@nestjs/common';

/** What {@link startModules} starts beside settings, logs and the database. */
export interface ModulesUnderTest {
  readonly imports?: DynamicModule['imports'];
  readonly providers?: readonly Provider[];
  /** The settings classes that they read, beside those of the process and the database. */
  readonly settings?: readonly AnyConfigClass[];
  readonly env?: Readonly<Record<string, string>>;
  /** False for a database that cannot be reached yet. */
  readonly isConnected?: boolean;
}

/**
 * Starts modules of the system inside the test, without HTTP, and waits until their pool is connected.
 *
 * @remarks Imports late: most tests need neither Nest nor the pool, and each test file loads for itself what it imports.
 */
export async function startModules(databaseUrl: string, under: ModulesUnderTest = {}): Promise<INestApplicationContext> {
  const { ConfigModule, loadConfig, RuntimeConfig } = await import('#zakops/config');
  const { DatabaseConfig, DatabaseConnector, DatabaseModule } = await import('#zakops/database');
  const { LoggingModule } = await import('#zakops/observability');
  const { NestFactory } = await import('@nestjs/core');
  const { MIGRATIONS } = await import('../../../migrations/index.js');
  const config = loadConfig([RuntimeConfig, DatabaseConfig, ...(under.settings ?? [])], { DATABASE_URL: databaseUrl, ...under.env });
  class TestModule {}
  const app = await NestFactory.createApplicationContext(
    {
      module: TestModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot('test'),
        DatabaseModule.forRoot({ applicationName: 'zakops-test', migrations: MIGRATIONS }),
        ...(under.imports ?? []),
      ],
      providers: [...(under.providers ?? [])],
    },
    { logger: false, abortOnError: false },
  );
  if (under.isConnected !== false) await app.get(DatabaseConnector).whenConnected();
  return app;
}
