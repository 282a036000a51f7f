import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgresError } from '#zakops/embedded-postgres';
import { banner } from './banner.js';
import { ChildRun } from './child-run.js';
import { openDatabase, type Database } from './database.js';
import { readFirstAdmin, type FirstAdmin } from './first-admin.js';
import { keepAlive, type Life } from './keep-alive.js';
import { type LauncherConfig, type RestartPolicy } from './launcher.config.js';
import { type LauncherConsole } from './launcher-console.js';
import { requireUsableFolder } from './require-usable-folder.js';
import { keepSessionSecret } from './session-secret.js';
import { StartupError } from './startup.error.js';
import { waitUntilReady } from './wait-until-ready.js';

/** A worker has no port to ask: one that does not say that it is ready is taken for ready when it lives this long. */
const WORKER_SETTLE_MS = 5_000;

type ChildName = keyof LauncherConfig['commands'];

/**
 * Brings the whole backend up on one machine, keeps it up, and takes it down in order: PostgreSQL, migrations, API and
 * worker; at the end API and worker first, PostgreSQL last.
 */
export class Launcher {
  private readonly children = new Map<ChildName, ChildRun>();
  private readonly keeping: Promise<void>[] = [];
  private readonly ending = new AbortController();
  private database: Database | undefined;
  private authEnv: NodeJS.ProcessEnv = {};

  /**
   * @param stop - aborted to take everything down
   * @param hurry - aborted to do so without waiting for work to finish
   */
  constructor(
    private readonly config: LauncherConfig,
    private readonly console: LauncherConsole,
    private readonly stop: AbortSignal,
    private readonly hurry: AbortSignal,
  ) {}

  /** Runs until stopped or beyond help; returns the exit code. Never rejects. */
  async run(): Promise<number> {
    const begunAt = Date.now();
    let code = 0;
    try {
      await this.start(begunAt);
      await Promise.race([...this.keeping, aborted(this.stop)]);
    } catch (error) {
      if (!this.stop.aborted) {
        code = 1;
        this.report(error);
      }
    }
    if (this.stop.aborted) this.say('Stopping.');
    await this.stopAll();
    if (this.stop.aborted) this.say('Stopped.');
    return code;
  }

  private async start(begunAt: number): Promise<void> {
    const database = await openDatabase(this.config, this.say);
    this.database = database;
    this.requireNotStopped();
    this.keeping.push(database.keep(this.ending.signal));
    await this.runToEnd('migrate', 'The migrations failed');
    this.requireNotStopped();
    const firstAdmin = this.config.auth ? await this.requireLogin() : undefined;
    this.requireNotStopped();

    const [api, worker] = [this.launch('api'), this.launch('worker')];
    const over = AbortSignal.any([this.stop, this.ending.signal]);
    await Promise.race([
      Promise.all([
        waitUntilReady(this.url('127.0.0.1'), this.config.readyTimeoutMs, over),
        Promise.race([worker.ready, delay(WORKER_SETTLE_MS, undefined, { signal: over }).catch(() => undefined)]),
      ]),
      ...this.keeping,
      diesEarly('API', api),
      diesEarly('worker', worker),
    ]);
    this.requireNotStopped();
    this.keeping.push(this.keep('api', 'API', api, this.config.restart.api));
    this.keeping.push(this.keep('worker', 'worker', worker, this.config.restart.worker));
    const { shownUrl, dataDir } = database;
    this.say(banner({ url: this.url('localhost'), databaseUrl: shownUrl, dataDir, startedInMs: Date.now() - begunAt, firstAdmin }));
  }

  /** Makes API and worker ask who calls, and makes sure that somebody can log in. */
  private async requireLogin(): Promise<FirstAdmin> {
    const { env, dataDir } = this.config;
    const given = [env['SESSION_SECRET'], env['SESSION_SECRET_FILE']].some((value) => value !== undefined && value.trim() !== '');
    if (!given) requireUsableFolder(dataDir);
    this.authEnv = { AUTH_REQUIRED: 'true', ...(given ? {} : { SESSION_SECRET: keepSessionSecret(dataDir) }) };
    const lines: string[] = [];
    // Its answer carries a password, which belongs into the banner and not among the lines of the log.
    await this.runToEnd('firstAdmin', 'The first administrator could not be made', (line) => lines.push(line));
    this.requireNotStopped();
    const admin = readFirstAdmin(lines);
    if (admin === undefined) throw new StartupError('The first administrator could not be made: the command gave no answer.');
    return admin;
  }

  /** Runs one of the programs that end by themselves; returns early when we are to stop. */
  private async runToEnd(name: ChildName, failure: string, onLine?: (line: string) => void): Promise<void> {
    const run = this.launch(name, onLine);
    const end = await Promise.race([run.exit, this.databaseLost(), aborted(this.stop)]);
    if (end === undefined) return;
    const { code, signal } = end;
    if (code !== 0) throw new StartupError(`${failure} (${signal ?? `exit code ${code}`}).`, run.lastWords);
  }

  /** Rejects when PostgreSQL cannot be kept running; otherwise stays open. */
  private async databaseLost(): Promise<never> {
    await Promise.all(this.keeping);
    return await new Promise<never>(() => undefined);
  }

  private launch(name: ChildName, onLine?: (line: string) => void): ChildRun {
    const { config, database } = this;
    const run = new ChildRun({
      name,
      args: config.commands[name],
      env: {
        ...config.env,
        ...this.authEnv,
        APP_ENV: config.env['APP_ENV'] ?? 'development',
        // No balancer stands before it that would have to learn of a stop.
        DRAIN_DELAY: config.env['DRAIN_DELAY'] ?? '0',
        PORT: String(config.port),
        DATABASE_URL: database?.url,
      },
      onLine: (child, line) => {
        if (onLine === undefined) this.console.childLine(child, line);
        else onLine(line);
      },
    });
    this.children.set(name, run);
    const { pid } = run;
    if (pid !== undefined) {
      database?.registry?.add(name, pid);
      void run.exit.then(() => database?.registry?.remove(pid));
    }
    return run;
  }

  private async keep(name: ChildName, shownName: string, first: ChildRun, policy: RestartPolicy): Promise<void> {
    await keepAlive(lifeOf(first), {
      name: shownName,
      policy,
      startAgain: () => lifeOf(this.launch(name)),
      until: this.ending.signal,
      say: this.say,
    });
  }

  private async stopAll(): Promise<void> {
    this.ending.abort();
    const runs = [...this.children.values()];
    const stopping = Promise.all(runs.map(async (run) => run.stop(this.config.stopTimeoutMs)));
    const hurried = aborted(this.hurry).then(() => {
      for (const run of runs) run.kill();
    });
    await Promise.race([stopping, hurried]);
    await stopping;
    // A restart of PostgreSQL that is under way has to finish before it can be stopped.
    await Promise.allSettled(this.keeping);
    await this.database?.stop();
  }

  private url(anyAddress: string): string {
    const { host, port } = this.config;
    if (host === undefined || host === '0.0.0.0' || host === '::') return `http://${anyAddress}:${port}`;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  private requireNotStopped(): void {
    if (this.stop.aborted) throw new StartupError('Stopped while starting.');
  }

  private report(error: unknown): void {
    const known = error instanceof StartupError || error instanceof EmbeddedPostgresError;
    const details = error instanceof StartupError ? error.details : error instanceof EmbeddedPostgresError ? error.logTail : [];
    this.console.complain(known ? error.message : `Unexpected: ${error instanceof Error ? error.stack : String(error)}`, details);
  }

  private readonly say = (line: string): void => {
    this.console.say(line);
  };
}

function lifeOf(run: ChildRun): Life {
  return {
    ended: run.exit.then(({ code, signal, livedMs }) => ({ how: signal ?? `exit code ${code}`, livedMs })),
    lastWords: () => run.lastWords,
  };
}

async function diesEarly(name: string, run: ChildRun): Promise<never> {
  const { code, signal } = await run.exit;
  throw new StartupError(`The ${name} ended while starting (${signal ?? `exit code ${code}`}).`, run.lastWords);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
    });
  });
}
