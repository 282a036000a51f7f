import type { DynamicModule } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** An API in the process of the test. */
export interface StartedApi {
  readonly app: NestExpressApplication;
  /** For example `http://127.0.0.1:41234`. */
  readonly url: string;
}

/** What {@link startApi} starts apart from the API as it is. */
export interface ApiUnderTest {
  readonly env?: Readonly<Record<string, string>>;
  /** Modules of the test beside those of the API. */
  readonly imports?: DynamicModule['imports'];
  /** 0 for any; the one of an API that was closed, to take its place. */
  readonly port?: number;
  /** False for a database that cannot be reached yet. */
  readonly isConnected?: boolean;
}

/**
 * Starts the API as `apps/api` composes it, on 127.0.0.1, and waits until its pool is connected. It stops without patience and logs
 * nothing; `env` comes last. `app.close()` ends it.
 *
 * @remarks Imports late, as `startModules` does.
 */
export async function startApi(databaseUrl: string, under: ApiUnderTest = {}): Promise<StartedApi> {
  const { DatabaseConnector } = await import('#zakops/database');
  const { loadApiConfig } = await import('../../../apps/api/src/bootstrap/api-config.js');
  const { createApi } = await import('../../../apps/api/src/bootstrap/create-api.js');
  const config = loadApiConfig({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'fatal', SHUTDOWN_TIMEOUT: '1', DRAIN_DELAY: '0', ...under.env });
  const app = await createApi(config, under.imports);
  await app.listen(under.port ?? 0, '127.0.0.1');
  if (under.isConnected !== false) await app.get(DatabaseConnector).whenConnected();
  return { app, url: await app.getUrl() };
}
