import { ConfigModule, loadConfig, RuntimeConfig } from '#zakops/config';
import { DatabaseConfig, DatabaseModule } from '#zakops/database';
import { LoggingModule } from '#zakops/observability';
import { EventConsumer, OutboxConfig, OutboxRelayModule } from '#zakops/outbox';
import type { Delivery, SingleEventConsumer } from '#zakops/outbox';
import { ProcessesModule } from '#zakops/processes';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MIGRATIONS } from '../../migrations/index.js';

/** Tells the benchmark when an event reached a consumer: at the call of its handler, before the commit of its effect. */
@EventConsumer({ name: 'bench-latency', events: ['deal.*'] })
@Injectable()
class LatencyConsumer implements SingleEventConsumer {
  handle({ event }: Delivery): Promise<void> {
    process.send?.({ id: event.id, atMs: performance.timeOrigin + performance.now() });
    return Promise.resolve();
  }
}

@Module({})
class LatencyWorkerModule {}

const config = loadConfig([RuntimeConfig, DatabaseConfig, OutboxConfig], process.env);
const app = await NestFactory.createApplicationContext(
  {
    module: LatencyWorkerModule,
    imports: [
      ConfigModule.forRoot(config),
      LoggingModule.forRoot('bench'),
      DatabaseModule.forRoot({ applicationName: 'zakops-bench-worker', migrations: MIGRATIONS }),
      ProcessesModule.forRoot('outbox-worker'),
      OutboxRelayModule,
    ],
    providers: [LatencyConsumer],
  },
  { logger: false },
);
app.enableShutdownHooks();
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
