import { AuditWorkerModule } from '#zakops/audit';
import { ConfigModule } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { DatabaseModule } from '#zakops/database';
import { DealsModule, DealsWorkerModule } from '#zakops/deals';
import { DlqWorkerModule } from '#zakops/dlq';
import { FiguresModule } from '#zakops/figures';
import { WorkerMonitoringModule } from '#zakops/monitoring';
import { LoggingModule } from '#zakops/observability';
import { OutboxRelayModule, OutboxStatsModule } from '#zakops/outbox';
import { QuarantineModule } from '#zakops/quarantine';
import { TracingModule } from '#zakops/tracing';
import { ProcessesModule } from '#zakops/processes';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { MIGRATIONS } from '../../../migrations/index.js';

/** The worker: the relay, and the consumers of every feature. */
@Module({})
export class WorkerModule {
  static forRoot(config: LoadedConfig): DynamicModule {
    return {
      module: WorkerModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot('outbox-worker'),
        TracingModule.forRoot('zakops-outbox-worker'),
        DatabaseModule.forRoot({ applicationName: 'zakops-outbox-worker', migrations: MIGRATIONS }),
        ProcessesModule.forRoot('outbox-worker'),
        OutboxRelayModule,
        DlqWorkerModule,
        OutboxStatsModule,
        FiguresModule.forRoot({ claimsAtOnce: false }),
        AuditWorkerModule,
        WorkerMonitoringModule,
        DealsWorkerModule,
        QuarantineModule.with(DealsModule),
      ],
    };
  }
}
