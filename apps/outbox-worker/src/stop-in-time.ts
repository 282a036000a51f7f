import { RuntimeConfig } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { Logger } from '@nestjs/common';

/** The signals that end the worker in order. */
export const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Ends the process with exit code 1 when a stop takes longer than `SHUTDOWN_TIMEOUT`: a silent database would delay it for minutes. */
export function stopInTime(config: LoadedConfig): void {
  const { shutdownTimeoutMs } = config.get(RuntimeConfig);
  const onSignal = (): void => {
    setTimeout(() => {
      new Logger('Shutdown').error('SHUTDOWN_TIMEOUT is over; what still runs is left behind.');
      process.exit(1);
    }, shutdownTimeoutMs).unref();
  };
  for (const signal of SIGNALS) process.once(signal, onSignal);
}
