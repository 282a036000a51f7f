import { freePort, spawnApp, waitFor } from '#zakops/testing';
import type { SpawnedApp } from '#zakops/testing';

/** An API process with an address of its own, which may be stopped and started again, as a container is. */
export class Replica {
  #app: SpawnedApp | undefined;

  private constructor(
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(env: Readonly<Record<string, string>>): Promise<Replica> {
    const replica = new Replica(await freePort(), env);
    await replica.startAgain();
    return replica;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  get app(): SpawnedApp {
    if (this.#app === undefined) throw new Error('The replica does not run.');
    return this.#app;
  }

  /** Starts it and waits until it is ready. */
  async startAgain(): Promise<void> {
    const app = spawnApp('api', { PORT: String(this.port), HOST: '127.0.0.1', LOG_LEVEL: 'warn', ...this.env });
    this.#app = app;
    await waitFor(
      `the API on port ${String(this.port)} to be ready`,
      async () => {
        if (app.process.exitCode !== null) throw new Error(`it ended: ${app.lines.slice(-5).join('\n')}`);
        return (await fetch(`${this.url}/api/health/ready`)).status === 200;
      },
      30_000,
    );
  }
}
