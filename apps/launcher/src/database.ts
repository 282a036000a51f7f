import { once } from 'node:events';
import { join } from 'node:path';
import { EmbeddedPostgres, FolderLock } from '#zakops/embedded-postgres';
import { ChildRegistry } from './child-registry.js';
import { keepAlive, type Life } from './keep-alive.js';
import { type LauncherConfig } from './launcher.config.js';
import { requireFreePort } from './require-free-port.js';
import { requireUsableDatabase } from './require-usable-database.js';
import { requireUsableFolder } from './require-usable-folder.js';

/** The database that API and worker use while the launcher runs. */
export interface Database {
  readonly url: string;
  /** The URL as it may be shown. */
  readonly shownUrl: string;
  /** Where the data is, when it is ours. */
  readonly dataDir: string | undefined;
  /** Notes about running children; only where there is a folder of ours. */
  readonly registry: ChildRegistry | undefined;
  /** Returns when `until` is aborted; throws when the server cannot be kept running. */
  keep(until: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** A killed launcher's API stops listening at once, then finishes its work. */
const PORT_GRACE_MS = 2_000;

/**
 * Checks that nothing stands in the way, and provides the database: that of DATABASE_URL, or our own.
 *
 * @throws StartupError or EmbeddedPostgresError with one sentence about what is wrong
 */
export async function openDatabase(config: LauncherConfig, say: (line: string) => void): Promise<Database> {
  return config.databaseUrl === undefined ? await openEmbedded(config, say) : await openExternal(config, config.databaseUrl);
}

async function openExternal(config: LauncherConfig, url: string): Promise<Database> {
  await requireFreePort(config.port, config.host, PORT_GRACE_MS);
  await requireUsableDatabase(url);
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  // A query may carry a password as well.
  shown.search = '';
  return {
    url,
    shownUrl: shown.href,
    dataDir: undefined,
    registry: undefined,
    keep: async (until) => {
      if (!until.aborted) await once(until, 'abort');
    },
    stop: () => Promise.resolve(),
  };
}

async function openEmbedded(config: LauncherConfig, say: (line: string) => void): Promise<Database> {
  requireUsableFolder(config.dataDir);
  // Before the port is looked at: "already running here" says more than "port taken".
  const lock = await FolderLock.acquire(config.dataDir);
  try {
    const registry = new ChildRegistry(config.dataDir);
    await registry.stopLeftovers(say);
    await requireFreePort(config.port, config.host, 0);
    return await startEmbedded(config, registry, lock, say);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startEmbedded(
  config: LauncherConfig,
  registry: ChildRegistry,
  lock: FolderLock,
  say: (line: string) => void,
): Promise<Database> {
  const options = { dataDir: join(config.dataDir, 'postgres'), settings: config.postgresSettings, log: say };
  let server = await EmbeddedPostgres.start(options);
  const { port, url } = server;
  say(`PostgreSQL ${server.majorVersion} runs on port ${port}.`);
  let bornAt = Date.now();
  const life = (): Life => ({
    ended: server.exited.then(() => ({ how: 'see its log', livedMs: Date.now() - bornAt })),
    lastWords: () => server.logTail(),
  });
  const startAgain = async (): Promise<Life> => {
    await server.stop();
    // The same port: API and worker know no other.
    server = await EmbeddedPostgres.start({ ...options, port });
    bornAt = Date.now();
    return life();
  };
  return {
    url,
    shownUrl: url,
    dataDir: config.dataDir,
    registry,
    keep: async (until) => keepAlive(life(), { name: 'PostgreSQL server', policy: config.restart.postgres, startAgain, until, say }),
    stop: async () => {
      await server.stop();
      await lock.release();
    },
  };
}
