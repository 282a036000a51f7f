import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { choosePort, LOOPBACK } from './choose-port.js';
import { createCluster, DATABASE_NAME } from './create-cluster.js';
import { DataFolder } from './data-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { type EmbeddedPostgresOptions } from './embedded-postgres.options.js';
import { FolderLock } from './folder-lock.js';
import { GuardedFolder, UnsafeFileError } from './guarded-folder.js';
import { locateBinaries } from './locate-binaries.js';
import { choosePostgresAccount } from './postgres-account.js';
import { makeBinariesRunnable } from './postgres-binaries.js';
import { PostgresServer } from './postgres-server.js';
import { killOrphanedBackends, stopLeftoverServer } from './stop-leftover-server.js';

const DEVELOPMENT_SETTINGS = { cluster_name: DATABASE_NAME, shared_buffers: '128MB', max_connections: '100' };

/** How long a start waits until the remains of a killed server (zombies, backends) are gone. */
const LEFTOVER_PATIENCE_MS = 15_000;
const ORPHAN_PATIENCE_MS = 1_500;

/**
 * A PostgreSQL server that lives and dies with this process, on a folder that keeps its data between runs.
 *
 * @remarks Listens on 127.0.0.1 only, no Unix socket; the one user is a superuser with a random password. When this process
 * is killed -9, the kernel tells PostgreSQL to shut down (where `setpriv` is installed); without it, the next start on the
 * same folder ends what was left. Start it from the main thread: the kernel watches the thread, not the process.
 * @see docs/adr/0005-embedded-postgresql.md
 */
export class EmbeddedPostgres {
  private stopping: Promise<void> | undefined;

  private constructor(
    /** Connection string with the password, for the database `zakops`. */
    readonly url: string,
    /** TCP port on 127.0.0.1. */
    readonly port: number,
    /** Real path of the folder. */
    readonly dataDir: string,
    /** PostgreSQL's major version, for example 18. */
    readonly majorVersion: number,
    private readonly server: PostgresServer,
    private readonly lock: FolderLock,
  ) {}

  /**
   * Starts PostgreSQL on a folder, making the cluster first when there is none, and waits until it takes connections.
   *
   * @remarks Whatever an earlier, killed run left behind (a running server, a zombie, a stale pid file, half a cluster) is
   * cleared away first.
   * @throws EmbeddedPostgresError with one sentence about what is wrong and what to do
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const log = options.log ?? ((): void => undefined);
    const folder = new DataFolder(options.dataDir);
    const lock = await FolderLock.acquire(folder.path);
    try {
      const account = choosePostgresAccount(folder.cluster);
      // An account that root switches to may be unable to enter the data folder.
      const caches = account.dropsRoot ? ['/var/cache/zakops', join(tmpdir(), 'zakops-cache')] : [folder.programs];
      const binaries = await makeBinariesRunnable(options.binaries ?? locateBinaries(), account, caches);
      await createCluster(folder, account, binaries, options.settings?.['fsync'] !== 'off');
      requireSameVersion(folder, binaries.majorVersion);
      await stopLeftoverServer(folder.cluster, log);
      // Read before the server runs, because a failure afterwards would leave it running.
      const password = folder.password();

      const { server, port } = await startServer(options, folder, (settings) =>
        PostgresServer.launch(folder, account, binaries.postgres, settings),
      );
      if (folder.lastPort !== undefined && folder.lastPort !== port) log(`PostgreSQL's port is now ${port}: ${folder.lastPort} is taken.`);
      folder.rememberPort(port);
      const url = `postgres://${DATABASE_NAME}:${password}@${LOOPBACK}:${port}/${DATABASE_NAME}`;
      return new EmbeddedPostgres(url, port, folder.path, binaries.majorVersion, server, lock);
    } catch (error) {
      await lock.release();
      if (!(error instanceof UnsafeFileError)) throw error;
      throw new EmbeddedPostgresError('folder_not_usable', `${error.message}.`, [], { cause: error });
    }
  }

  /** Resolves when PostgreSQL has ended: after {@link EmbeddedPostgres.stop}, or because something killed it. */
  get exited(): Promise<void> {
    return this.server.exited;
  }

  /** The last lines of PostgreSQL's log in this run. */
  logTail(): string[] {
    return this.server.logTail();
  }

  /**
   * Ends every session, shuts PostgreSQL down and releases the folder. May be called again, and after PostgreSQL has ended.
   *
   * @param patienceMs - milliseconds for an orderly shutdown before it is forced, default 20,000. Data is safe either way.
   */
  async stop(patienceMs = 20_000): Promise<void> {
    this.stopping ??= this.server.stop(patienceMs).finally(async () => this.lock.release());
    await this.stopping;
  }
}

async function startServer(
  options: EmbeddedPostgresOptions,
  folder: DataFolder,
  launch: (settings: Readonly<Record<string, string>>) => PostgresServer,
): Promise<{ server: PostgresServer; port: number }> {
  const begunAt = Date.now();
  for (;;) {
    const port = await choosePort(options.port, folder.lastPort);
    const server = launch(settingsFor(port, options));
    if (await server.becomesReady(options.startTimeoutMs ?? 120_000)) return { server, port };
    await server.stop(0);
    removeObstacle(folder, server.logTail(), Date.now() - begunAt);
    await delay(200);
  }
}

function settingsFor(port: number, { settings }: EmbeddedPostgresOptions): Readonly<Record<string, string>> {
  return {
    ...DEVELOPMENT_SETTINGS,
    ...settings,
    ...{ timezone: 'UTC', log_timezone: 'UTC', log_line_prefix: '%m [%p] ' },
    ...{ listen_addresses: LOOPBACK, unix_socket_directories: '', port: String(port) },
  };
}

/** Clears the way for the next try of a start; throws when another try is in vain. */
function removeObstacle(folder: DataFolder, logTail: readonly string[], waitedMs: number): void {
  const log = logTail.join('\n');
  const isPassing = /lock file .* already exists|shared memory block .* is still in use|Address already in use/s.test(log);
  if (!isPassing || waitedMs > LEFTOVER_PATIENCE_MS) {
    const detail = `PostgreSQL did not start in ${folder.path} (its log is ${folder.logFile}).`;
    throw new EmbeddedPostgresError('start_failed', detail, logTail);
  }
  if (log.includes('shared memory block') && waitedMs > ORPHAN_PATIENCE_MS) killOrphanedBackends(folder.cluster);
}

function requireSameVersion(folder: DataFolder, majorVersion: number): void {
  const found = Number(GuardedFolder.use(folder.cluster, (cluster) => cluster.read('PG_VERSION')));
  if (found === majorVersion) return;
  throw new EmbeddedPostgresError(
    'wrong_version',
    `The data in ${folder.path} was written by PostgreSQL ${found} and this is PostgreSQL ${majorVersion}: move it aside to start empty, or dump and restore it with both versions.`,
  );
}
