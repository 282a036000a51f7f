import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPrograms, waitFor } from '#zakops/testing';
import { must, run } from './command.js';
import type { CommandOptions, Ended } from './command.js';

const PROGRAMS = {
  '/usr/sbin/dockerd': 'docker.io',
  '/usr/bin/docker-compose': 'docker-compose',
  '/usr/bin/slirp4netns': 'slirp4netns',
  '/usr/sbin/debootstrap': 'debootstrap',
  '/usr/sbin/ip': 'iproute2',
  '/usr/sbin/iptables': 'iptables',
  '/usr/bin/nsenter': 'util-linux',
};

// The engine refuses a mixture of both versions of control groups; in a mount namespace of its own the second one can be taken away.
// Ends with its container processes when the namespace's first process, this shell, is gone.
const START = `
umount /sys/fs/cgroup/unified 2>/dev/null
ip link set lo up
/usr/sbin/dockerd --data-root "$FOLDER/data" --exec-root "$FOLDER/exec" --pidfile "$FOLDER/dockerd.pid" -H "unix://$FOLDER/docker.sock" >"$FOLDER/dockerd.log" 2>&1 &
trap 'kill %1' TERM
wait; wait
`;

/**
 * A real Docker engine of this run's own, in namespaces of its own: its networks and published ports are seen by nobody else, and
 * it ends, with all its containers, when this process ends. Needs root.
 */
export class DockerEngine {
  private constructor(
    readonly folder: string,
    private readonly shell: ChildProcess,
    private readonly pid: number,
    private readonly slirp: ChildProcess,
  ) {}

  /** Installs what is missing by apt, and starts the engine. */
  static async start(): Promise<DockerEngine> {
    await installPrograms(PROGRAMS);
    const folder = await mkdtemp(join(tmpdir(), 'zakops-docker-'));
    const unshare = ['unshare', '--mount', '--net', '--pid', '--fork', '--kill-child=SIGKILL', '--mount-proc', 'sh', '-c', START];
    const shell = spawn('setpriv', ['--pdeathsig', 'KILL', ...unshare], { env: { ...process.env, FOLDER: folder }, stdio: 'ignore' });
    const pid = await waitFor('the namespaces', async () => childOf(shell.pid));
    // A network stack in user space: containers reach the package registry through it, and nothing reaches them.
    const slirp = spawn('slirp4netns', ['--configure', '--mtu=65520', '--disable-host-loopback', String(pid), 'tap0'], { stdio: 'ignore' });
    const engine = new DockerEngine(folder, shell, pid, slirp);
    try {
      await waitFor('the Docker engine', async () => (await engine.run('docker', ['info'])).code === 0, 60_000);
    } catch (error) {
      const log = await readFile(join(folder, 'dockerd.log'), 'utf8').catch(() => '');
      await engine.stop();
      throw new Error(`The Docker engine did not start:\n${log.slice(-4_000)}`, { cause: error });
    }
    return engine;
  }

  /** The address of the engine, for DOCKER_HOST. */
  get host(): string {
    return `unix://${this.folder}/docker.sock`;
  }

  /** Runs a program inside of the engine's network, where the published ports are, and talking to this engine. */
  run(program: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
    return run('nsenter', [`--net=/proc/${String(this.pid)}/ns/net`, program, ...args], { ...options, env: this.environment(options) });
  }

  /** The same for a program that has to succeed; gives its output. */
  must(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
    return must('nsenter', [`--net=/proc/${String(this.pid)}/ns/net`, program, ...args], {
      ...options,
      env: this.environment(options),
    });
  }

  /** Runs a program where the engine itself is: its processes have the numbers that the engine gives. */
  inside(program: string, ...args: readonly string[]): Promise<string> {
    return must('nsenter', ['--target', String(this.pid), '--mount', '--net', '--pid', program, ...args]);
  }

  /** Starts a program inside of the engine's network and leaves it running. */
  spawn(program: string, args: readonly string[]): ChildProcess {
    const inNetwork = ['--pdeathsig', 'KILL', 'nsenter', `--net=/proc/${String(this.pid)}/ns/net`, program, ...args];
    return spawn('setpriv', inNetwork, { stdio: ['ignore', 'pipe', 'inherit'], env: process.env });
  }

  /** Ends the engine, its containers and its network, and removes its folder. */
  async stop(): Promise<void> {
    const exited = once(this.shell, 'exit');
    if (this.shell.exitCode === null && this.shell.signalCode === null) {
      process.kill(this.pid, 'SIGTERM');
      const limit = setTimeout(() => this.shell.kill('SIGKILL'), 20_000);
      await exited;
      clearTimeout(limit);
    }
    this.slirp.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  private environment({ env, clean = false }: CommandOptions): Readonly<Record<string, string | undefined>> {
    // The classic builder, which every engine has; the newer one is a download of its own.
    return { ...(clean ? {} : process.env), DOCKER_HOST: this.host, DOCKER_BUILDKIT: '0', COMPOSE_DOCKER_CLI_BUILD: '0', ...env };
  }
}

/** The process inside of the new namespaces, as it is numbered outside of them. */
async function childOf(parent: number | undefined): Promise<number | undefined> {
  const { output } = await run('pgrep', ['--parent', String(parent)]);
  const pid = Number(output.trim().split('\n')[0]);
  return pid > 0 ? pid : undefined;
}
