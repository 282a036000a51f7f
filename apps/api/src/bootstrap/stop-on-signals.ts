import { RuntimeConfig } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { DrainConfig } from '#zakops/health';
import { Logger } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionDrain } from './connection-drain.js';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Stops the application in order on SIGTERM and SIGINT, and when the process that started this one is gone: readiness fails at once,
 * everything is served for `DRAIN_DELAY` more, then streams are told goodbye, requests finish, the pool closes, and the process exits with 0.
 *
 * @remarks A second signal skips the delay, nothing else. What still hangs after `SHUTDOWN_TIMEOUT`, which begins with the first signal, is
 * left behind with exit code 1. Not by Nest's own listeners: its hooks run module by module, so nothing could wait before all of them.
 */
export function stopOnSignals(app: INestApplication, config: LoadedConfig): void {
  const hurry = new AbortController();
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) hurry.abort();
    else void stop(app, config, signal, hurry.signal);
    stopping = true;
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  // The parent process that opened the channel is gone, also when it was killed.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

async function stop(app: INestApplication, config: LoadedConfig, signal: NodeJS.Signals, hurry: AbortSignal): Promise<void> {
  const logger = new Logger('Shutdown');
  const { shutdownTimeoutMs } = config.get(RuntimeConfig);
  setTimeout(() => {
    logger.error('SHUTDOWN_TIMEOUT is over; what still runs is left behind.');
    process.exit(1);
  }, shutdownTimeoutMs).unref();
  try {
    const { delayMs } = config.get(DrainConfig);
    logger.log(`${signal}: not ready any more; closing in ${String(delayMs / 1_000)} s.`);
    app.get(ConnectionDrain).begin();
    await sleep(delayMs, undefined, { signal: hurry }).catch(() => undefined);
    await app.close();
    logger.log('Stopped.');
    process.exit(0);
  } catch (error) {
    logger.error({ err: error }, 'The stop failed.');
    process.exit(1);
  }
}
