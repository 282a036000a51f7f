import { join } from 'node:path';
import { EmbeddedPostgres, FolderLock } from '#zakops/embedded-postgres';
import { aborted } from './aborted.js';
import { ChildRegistry } from './child-registry.js';
import { keepAlive, type ProgramRun } from './keep-alive.js';
import { type LauncherConfig } from './launcher.config.js';
import { requireFreePort } from './require-free-port.js';
import { requireUsableDatabase } from './require-usable-database.js';
import { requireUsableFolder } from './require-usable-folder.js';

/** The database that API and worker use while the launcher runs: embedded, or that of DATABASE_URL. */
export interface RunningDatabase {
  readonly url: string;
  /** The URL for the banner. */
  readonly shownUrl: string;
  /** The data folder of an embedded server. */
  readonly dataDir: string | undefined;
  /** Notes about running children; only with a data folder. */
  readonly registry: ChildRegistry | undefined;
  /** Returns when `until` is aborted; throws when the server cannot be kept running. */
  keep(until: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** The API of a killed launcher needs a moment to give up the port. */
const PORT_GRACE_MS = 2_000;

/**
 * Checks that nothing stands in the way, and provides the database: that of DATABASE_URL, or an embedded one.
 *
 * @throws StartupError or EmbeddedPostgresError with one sentence about what is wrong
 */
export async function openDatabase(config: LauncherConfig, say: (line: string) => void): Promise<RunningDatabase> {
  return config.databaseUrl === undefined ? await openEmbedded(config, say) : await openExternal(config, config.databaseUrl);
}

async function openExternal(config: LauncherConfig, url: string): Promise<RunningDatabase> {
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
    keep: aborted,
    stop: () => Promise.resolve(),
  };
}

async function openEmbedded(config: LauncherConfig, say: (line: string) => void): Promise<RunningDatabase> {
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
): Promise<RunningDatabase> {
  const options = { dataDir: join(config.dataDir, 'postgres'), settings: config.postgresSettings, log: say };
  let server = await EmbeddedPostgres.start(options);
  const { port, url } = server;
  say(`PostgreSQL ${server.majorVersion} runs on port ${port}.`);
  let bornAt = Date.now();
  const run = (): ProgramRun => ({
    exit: server.exited.then(() => ({ how: 'see its log', livedMs: Date.now() - bornAt })),
    lastWords: () => server.logTail(),
  });
  const startAgain = async (): Promise<ProgramRun> => {
    await server.stop();
    // The same port: API and worker know no other.
    server = await EmbeddedPostgres.start({ ...options, port });
    bornAt = Date.now();
    return run();
  };
  return {
    url,
    shownUrl: url,
    dataDir: config.dataDir,
    registry,
    keep: async (until) => keepAlive(run(), { name: 'PostgreSQL server', policy: config.restart.postgres, startAgain, until, say }),
    stop: async () => {
      await server.stop();
      await lock.release();
    },
  };
}
