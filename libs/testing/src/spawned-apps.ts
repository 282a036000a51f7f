import type { SpawnedApp } from './spawn-app.js';

/** The processes of one test, which end with it, however the test goes. */
export class SpawnedApps {
  readonly #running: SpawnedApp[] = [];

  /** Waits for a process that starts, and keeps it for {@link kill}. A method without `this`, so that a test may take it out. */
  readonly started = async <T extends SpawnedApp>(starting: Promise<T>): Promise<T> => {
    const app = await starting;
    this.#running.push(app);
    return app;
  };

  /** Ends all of them with SIGKILL, and waits until they are gone. */
  async kill(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((app) => app.stop('SIGKILL')));
  }
}
