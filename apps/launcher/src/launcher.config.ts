import { join, resolve } from 'node:path';
import { ConfigError, loadConfig } from '#zakops/config';
import { LauncherDatabaseSettings, LauncherSettings } from './launcher.settings.js';
import { StartupError } from './startup.error.js';

/** When to start a child that died again, and when to stop trying. */
export interface RestartPolicy {
  /** Milliseconds before the first restart; doubled for every further quick death. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A child that lived at least this many milliseconds starts the count anew. */
  readonly quickDeathMs: number;
  /** This many quick deaths in a row end the launcher. */
  readonly maxQuickDeaths: number;
}

/** What the launcher runs and where; tests put small stand-ins in the place of the real programs. */
export interface LauncherConfig {
  /** Folder of the embedded PostgreSQL and of the launcher's notes about its children; absolute. */
  readonly dataDir: string;
  /** Address the API listens on; undefined means all. */
  readonly host: string | undefined;
  /** Port of the API. */
  readonly port: number;
  /** A server to use instead of an embedded one. */
  readonly databaseUrl: string | undefined;
  /** Whether a login is required, and a first administrator made when there is no operator. */
  readonly auth: boolean;
  /** Fill an empty database with a demo. */
  readonly demo: boolean;
  /** Settings for the embedded server; tests turn fsync off. */
  readonly postgresSettings: Readonly<Record<string, string>>;
  /** Passed on to every child. */
  readonly env: NodeJS.ProcessEnv;
  /** Arguments for `node`: compiled script first. */
  readonly commands: Readonly<Record<'migrate' | 'firstAdmin' | 'demo' | 'api' | 'worker', readonly string[]>>;
  /** Milliseconds until the API has to answer that it is ready. */
  readonly readyTimeoutMs: number;
  /** Milliseconds that API and worker get to finish their work at the end. */
  readonly stopTimeoutMs: number;
  readonly restart: { readonly api: RestartPolicy; readonly worker: RestartPolicy; readonly postgres: RestartPolicy };
}

// Keeps an idle process under 150 MiB (npm run bench:start); the scripts start:api and start:worker have the same.
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=8';
const DEFAULT_PORT = 8000;

/**
 * Reads the launcher's settings: `ZAKOPS_DATA_DIR` (default `.zakops` in the current folder), `PORT` (default 8000), `HOST`
 * (default all addresses), `DATABASE_URL` or `DATABASE_URL_FILE` (default: none, PostgreSQL is brought along).
 *
 * @param env - usually `process.env`
 * @param distDir - folder with the compiled apps
 * @param asked - `auth`: a login is required whatever `AUTH_REQUIRED` says; `demo`: an empty database is filled
 * @throws StartupError when a value makes no sense
 */
export function readLauncherConfig(
  env: NodeJS.ProcessEnv,
  distDir: string,
  asked: { readonly auth?: boolean; readonly demo?: boolean } = {},
): LauncherConfig {
  const app = (name: string): string => join(distDir, 'apps', name, 'src', 'main.js');
  const restart = { firstDelayMs: 500, maxDelayMs: 15_000, quickDeathMs: 20_000 };
  const { dataDir, databaseUrl } = readSettings(env);
  // What was read from a file goes to the children as a variable; both at once would be refused.
  const { DATABASE_URL_FILE: _, ...passedOn } = env;
  return {
    dataDir: resolve(dataDir),
    host: nonEmpty(env['HOST']),
    port: readPort(nonEmpty(env['PORT'])),
    databaseUrl,
    auth: asked.auth === true,
    demo: asked.demo === true,
    postgresSettings: {},
    env: passedOn,
    commands: {
      migrate: [app('cli'), 'migrate'],
      firstAdmin: [app('cli'), 'operators', 'first-admin'],
      demo: [app('cli'), 'demo', '--if-empty'],
      api: [SMALL_YOUNG_GENERATION, app('api')],
      worker: [SMALL_YOUNG_GENERATION, app('outbox-worker')],
    },
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 30_000,
    restart: {
      api: { ...restart, maxQuickDeaths: 5 },
      // Without the worker changes are still taken and kept; it catches up when it comes back.
      worker: { ...restart, maxQuickDeaths: Number.POSITIVE_INFINITY },
      postgres: { ...restart, maxQuickDeaths: 3 },
    },
  };
}

function readSettings(env: NodeJS.ProcessEnv): { dataDir: string; databaseUrl: string | undefined } {
  try {
    const config = loadConfig([LauncherSettings, LauncherDatabaseSettings], env);
    return { dataDir: config.get(LauncherSettings).dataDir, databaseUrl: config.get(LauncherDatabaseSettings).url };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new StartupError(`${error.problems.map((problem) => `${problem.env} ${problem.reason}`).join('; ')}.`);
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function readPort(value: string | undefined): number {
  if (value === undefined) return DEFAULT_PORT;
  const port = Number(value);
  if (/^\d+$/.test(value) && port >= 1 && port <= 65_535) return port;
  throw new StartupError(`PORT must be a number from 1 to 65535, not "${value}".`);
}
