import type { LoadedConfig } from '#zakops/config';
import { OutboxConfig } from '#zakops/outbox';
import type { INestApplication } from '@nestjs/common';

const GRACE_AFTER_TIMEOUT_MS = 3_000;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Stops the application in order on SIGTERM and SIGINT, and when the process that started this one is gone.
 *
 * @remarks Exit code 0. What still hangs a little after `SHUTDOWN_TIMEOUT` is left behind with exit code 1.
 */
export function stopOnSignals(app: INestApplication, config: LoadedConfig): void {
  app.enableShutdownHooks([...SIGNALS], { useProcessExit: true });
  const armLastResort = (): void => {
    setTimeout(() => process.exit(1), config.get(OutboxConfig).shutdownTimeoutMs + GRACE_AFTER_TIMEOUT_MS).unref();
  };
  for (const signal of SIGNALS) {
    process.once(signal, armLastResort);
    // Whoever asks twice gets the same stop: without a listener the second signal would break off what the first one lets finish.
    process.on(signal, () => undefined);
  }
  // A parent that opened a channel to us has died, however it did.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}
