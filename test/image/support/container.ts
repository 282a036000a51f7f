import { waitFor } from '#zakops/testing';
import type { DockerEngine } from './docker-engine.js';

/** What `docker inspect` says of a container, as far as tests ask. */
export interface ContainerState {
  readonly RestartCount: number;
  readonly State: { readonly Running: boolean; readonly ExitCode: number; readonly Health?: { readonly Status: string } };
}

/** One container of a test, by its name. */
export class Container {
  private constructor(
    private readonly engine: DockerEngine,
    readonly name: string,
  ) {}

  /** Starts a container with a read-only root file system and without any capability, as production has it. */
  static async start(engine: DockerEngine, name: string, options: readonly string[], command: readonly string[]): Promise<Container> {
    const hardened = ['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'];
    await engine.must('docker', ['run', '-d', '--name', name, ...hardened, ...options, ...command]);
    return new Container(engine, name);
  }

  async inspect(): Promise<ContainerState> {
    const [state] = JSON.parse(await this.engine.must('docker', ['inspect', this.name])) as [ContainerState];
    return state;
  }

  /** Waits until the health check of the container says so. */
  async becomes(health: 'healthy' | 'unhealthy', limitMs = 90_000): Promise<void> {
    await waitFor(`${this.name} to be ${health}`, async () => (await this.inspect()).State.Health?.Status === health, limitMs).catch(
      async (error: unknown) => {
        throw new Error(await this.logs(), { cause: error });
      },
    );
  }

  exec(...command: string[]): Promise<string> {
    return this.engine.must('docker', ['exec', this.name, ...command]);
  }

  logs(): Promise<string> {
    return this.engine.must('docker', ['logs', '--tail', '40', this.name]);
  }

  /** `docker stop`: SIGTERM, and SIGKILL when that took longer than half a minute. Gives the exit code. */
  async stop(): Promise<number> {
    await this.engine.must('docker', ['stop', '-t', '30', this.name]);
    return (await this.inspect()).State.ExitCode;
  }

  async remove(): Promise<void> {
    await this.engine.run('docker', ['rm', '-f', this.name]);
  }
}
