import { RuntimeConfig } from '#zakops/config';
import { MetricsModule } from '#zakops/metrics';
import { Global, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { MigrationInterface } from 'typeorm';
import { DatabaseConfig } from './database.config.js';
import { DatabaseConnector } from './database-connector.js';
import { Database } from './database.js';
import { dataSourceOptions } from './data-source-options.js';
import { KNOWN_MIGRATIONS, SchemaVersion } from './migrations/schema-version.js';
import { PoolMetrics } from './pool/pool.metrics.js';
import { EventRepository } from './repositories/event.repository.js';
import { ConnectionPool } from './pool/connection-pool.js';
import { PoolWatchdog } from './pool/pool-watchdog.js';
import { ServerProbe } from './pool/server-probe.js';
import { EncryptionWarning } from './tls/encryption-warning.js';
import { sessionName } from './sessions/session-name.js';
import { UnitOfWork } from './unit-of-work.js';

/** What a process says of itself and expects of the schema. */
export interface DatabaseModuleOptions {
  /** Shown in `pg_stat_activity`, with the tag of the process behind it. */
  readonly applicationName: string;
  readonly migrations: readonly (new () => MigrationInterface)[];
}

/** The one pool of a process, the unit of work, and the repositories that capabilities share. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(options: DatabaseModuleOptions): DynamicModule {
    const repositories = [EventRepository];
    return {
      module: DatabaseModule,
      imports: [
        MetricsModule,
        TypeOrmModule.forRootAsync({
          inject: [DatabaseConfig, RuntimeConfig],
          useFactory: (config: DatabaseConfig, { processTag }: RuntimeConfig) => ({
            ...dataSourceOptions(config, sessionName(options.applicationName, processTag)),
            autoLoadEntities: true,
            // DatabaseConnector opens it, so that the process can answer probes while the database is away.
            manualInitialization: true,
          }),
          dataSourceFactory: (dataSource) => {
            if (dataSource === undefined) throw new Error('The data source has no options.');
            return Promise.resolve(new DataSource(dataSource));
          },
        }),
      ],
      providers: [
        ConnectionPool,
        Database,
        DatabaseConnector,
        EncryptionWarning,
        PoolMetrics,
        PoolWatchdog,
        ServerProbe,
        UnitOfWork,
        SchemaVersion,
        ...repositories,
        { provide: KNOWN_MIGRATIONS, useValue: options.migrations },
      ],
      exports: [Database, DatabaseConnector, ServerProbe, UnitOfWork, SchemaVersion, ...repositories],
    };
  }
}
