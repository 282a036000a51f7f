import { RuntimeConfig } from '#zakops/config';
import type { LoadedConfig } from '#zakops/config';
import { HttpConfig } from '#zakops/http';
import { Logger } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';

/** The drain of the process before, and the time that its streams and requests may take to end. */
const PREDECESSOR_MS = 15_000;
const RETRY_MS = 100;

/** The API cannot take its port. The message is for the operator. */
export class ListenError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
  }
}

/**
 * Listens on the configured address.
 *
 * @remarks In development a taken port is waited for: `nest start --watch` starts the next process when the shell of the one before has
 * ended, and that one still drains.
 * @throws ListenError when the port is taken, needs more rights, or the address is not one of this machine
 */
export async function listen(app: INestApplication, config: LoadedConfig): Promise<void> {
  const { port, host } = config.get(HttpConfig);
  const logger = new Logger('Api');
  const waitMs = config.get(RuntimeConfig).appEnv === 'development' ? PREDECESSOR_MS : 0;
  const deadline = performance.now() + waitMs;
  for (let tries = 1; ; tries += 1) {
    try {
      await app.listen(port, host);
      logger.log(`Listening on ${await app.getUrl()}`);
      return;
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || performance.now() >= deadline) throw new ListenError(reasonOf(error, host, port), error);
      if (tries === 1)
        logger.log(`Port ${String(port)} is taken. Waiting up to ${String(waitMs / 1_000)} s for the process before this one.`);
      await sleep(RETRY_MS);
    }
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function reasonOf(error: unknown, host: string, port: number): string {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return `Port ${String(port)} is taken on ${host}. Stop what listens there, or set PORT to a free one.`;
    case 'EACCES':
      return `Port ${String(port)} needs more rights than this process has. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not an address of this machine. Set HOST to one that is, or to 0.0.0.0.`;
    default:
      return `Listening on ${host}:${String(port)} failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
