import type { LoadedConfig } from '#zakops/config';
import { HttpConfig } from '#zakops/http';
import { Logger } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';

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
 * @throws ListenError when the port is taken, needs more rights, or the address is not one of this machine
 */
export async function listen(app: INestApplication, config: LoadedConfig): Promise<void> {
  const { port, host } = config.get(HttpConfig);
  try {
    await app.listen(port, host);
    new Logger('Api').log(`Listening on ${await app.getUrl()}`);
  } catch (error) {
    throw new ListenError(reasonOf(error, host, port), error);
  }
}

function reasonOf(error: unknown, host: string, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
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
