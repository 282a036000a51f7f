import { AuditHttpModule } from '#zakops/audit';
import { AuthModule } from '#zakops/auth';
import { ConfigModule } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { DatabaseModule } from '#zakops/database';
import { DealsHttpModule, DealsModule } from '#zakops/deals';
import { DlqHttpModule } from '#zakops/dlq';
import { ExplainHttpModule } from '#zakops/explain';
import { FiguresModule } from '#zakops/figures';
import { HealthModule } from '#zakops/health';
import { HttpModule } from '#zakops/http';
import { IdempotencyModule } from '#zakops/idempotency';
import { MonitoringModule } from '#zakops/monitoring';
import { LookupHttpModule } from '#zakops/lookup';
import { LoggingModule } from '#zakops/observability';
import { OperatorsHttpModule } from '#zakops/operators';
import { OpsModule } from '#zakops/ops';
import { OutboxHttpModule, OutboxTicketsHttpModule, PausesHttpModule, ReplaysHttpModule } from '#zakops/outbox';
import { ProcessesHttpModule, ProcessesModule } from '#zakops/processes';
import { QuarantineHttpModule, QuarantineSearchModule } from '#zakops/quarantine';
import { SearchHttpModule } from '#zakops/search';
import { SseModule } from '#zakops/sse';
import { TracingModule } from '#zakops/tracing';
import { VocabularyModule } from '#zakops/vocabulary';
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { MIGRATIONS } from '../../../migrations/index.js';
import { ConnectionDrain } from './bootstrap/connection-drain.js';

/** The API: the ground rules, then the capabilities, then the features. */
@Module({})
export class AppModule {
  /** @param more - modules beside the usual ones; tests bring their controllers by it */
  static forRoot(config: LoadedConfig, more: DynamicModule['imports'] = []): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        LoggingModule.forRoot('api'),
        TracingModule.forRoot('zakops-api'),
        DatabaseModule.forRoot({ applicationName: 'zakops-api', migrations: MIGRATIONS }),
        ProcessesModule.forRoot('api'),
        CqrsModule.forRoot(),
        VocabularyModule,
        // Guards run in this order: nothing is read for a caller who is refused.
        AuthModule,
        HttpModule,
        IdempotencyModule,
        // Capabilities.
        HealthModule,
        OutboxHttpModule,
        OutboxTicketsHttpModule,
        PausesHttpModule,
        SseModule,
        DlqHttpModule,
        ExplainHttpModule,
        LookupHttpModule,
        ReplaysHttpModule,
        AuditHttpModule,
        ProcessesHttpModule,
        MonitoringModule,
        SearchHttpModule,
        FiguresModule.forRoot({ claimsAtOnce: true }),
        OpsModule,
        // Features.
        DealsHttpModule,
        OperatorsHttpModule,
        QuarantineHttpModule.with(DealsModule),
        QuarantineSearchModule,
        ...more,
      ],
      providers: [ConnectionDrain],
    };
  }
}
