import { AuditConfig, AuditRetentionConfig } from '#zakops/audit';
import { AuthConfig, checkAuthConfig } from '#zakops/auth';
import { ConfigError, loadConfig, RuntimeConfig } from '#zakops/config';
import { DatabaseConfig } from '#zakops/database';
import { DealsConfig } from '#zakops/deals';
import { visible } from '#zakops/kernel';
import { MonitoringConfig } from '#zakops/monitoring';
import { keepInspectorClosed } from '#zakops/observability';
import { checkOutboxConfig, OutboxConfig } from '#zakops/outbox';
import { HeartbeatFile } from '#zakops/processes';
import { QuarantineConfig } from '#zakops/quarantine';
import { TracingConfig } from '#zakops/tracing';
import { NestFactory } from '@nestjs/core';
import { Logger } from 'nestjs-pino';
import { SIGNALS, stopInTime } from './stop-in-time.js';
import { WorkerModule } from './worker.module.js';

/** Starts the worker: an application context without a port. */
async function main(): Promise<void> {
  // AuthConfig too: the worker refuses settings with which the API of the same system would not start.
  const config = loadConfig(
    [
      RuntimeConfig,
      AuthConfig,
      DatabaseConfig,
      OutboxConfig,
      DealsConfig,
      QuarantineConfig,
      AuditConfig,
      AuditRetentionConfig,
      MonitoringConfig,
      TracingConfig,
    ],
    process.env,
    [checkAuthConfig, checkOutboxConfig],
  );
  keepInspectorClosed(config.get(RuntimeConfig).appEnv);
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(config), { bufferLogs: true, abortOnError: false });
  app.useLogger(app.get(Logger));
  stopInTime(config);
  app.enableShutdownHooks([...SIGNALS], { useProcessExit: true });
  await app.get(HeartbeatFile).begin();
  // Tells a parent that started this process with a channel, such as the launcher.
  process.send?.('ready');
}

main().catch((error: unknown) => {
  const text = error instanceof ConfigError ? error.message : String(error instanceof Error ? error.stack : error);
  process.stderr.write(`${visible(text)}\n`);
  process.exit(1);
});
