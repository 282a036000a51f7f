import { aborted } from './aborted.js';
import { ChildRun } from './child-run.js';
import { type LauncherConfig } from './launcher.config.js';
import { type RunningDatabase } from './open-database.js';

/** A program that the launcher starts. */
export type ProgramName = keyof LauncherConfig['commands'];

/** Starts programs on one database, and stops all of them. */
export class Programs {
  private readonly runs = new Map<ProgramName, ChildRun>();

  /**
   * @param loginEnv - settings that make API and worker require a login
   * @param show - takes each line of their output
   */
  constructor(
    private readonly config: LauncherConfig,
    private readonly database: RunningDatabase,
    private readonly loginEnv: NodeJS.ProcessEnv,
    private readonly show: (name: string, line: string) => void,
  ) {}

  /** @param onLine - takes the lines of this program instead of `show` */
  launch(name: ProgramName, onLine = this.show.bind(undefined, name)): ChildRun {
    const { config, database } = this;
    const run = new ChildRun({
      args: config.commands[name],
      env: {
        ...config.env,
        ...this.loginEnv,
        APP_ENV: config.env['APP_ENV'] ?? 'development',
        // No balancer has to learn of a stop before the API closes.
        DRAIN_DELAY: config.env['DRAIN_DELAY'] ?? '0',
        PORT: String(config.port),
        DATABASE_URL: database.url,
      },
      onLine,
    });
    this.runs.set(name, run);
    const { pid } = run;
    if (pid !== undefined) {
      database.registry?.add(name, pid);
      void run.exit.then(() => database.registry?.remove(pid));
    }
    return run;
  }

  /** Lets every program finish its work within the stop timeout, or kills it when `hurry` is aborted. */
  async stop(hurry: AbortSignal): Promise<void> {
    const runs = [...this.runs.values()];
    void aborted(hurry).then(() => {
      for (const run of runs) run.kill();
    });
    await Promise.all(runs.map((run) => run.stop(this.config.stopTimeoutMs)));
  }
}
