import { freePort, installPrograms, waitFor } from '#zakops/testing';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PROGRAM = '/usr/sbin/haproxy';

/** One line of haproxy's `show stat`: column by name. */
export type HaproxyStats = Readonly<Record<string, string>>;

/** The balancer of docker/haproxy/haproxy.cfg, before processes of this machine. */
export interface Haproxy {
  readonly url: string;
  /** Everything it logged: nothing but what went wrong. */
  readonly lines: readonly string[];
  /** Figures of a backend: one line a server, and one named BACKEND for all of them. */
  figures(backend: string): Promise<readonly HaproxyStats[]>;
  /** Waits until a server of the backend `api` has this status, for example `UP`. */
  waitForServer(name: string, status: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Installs haproxy if it is missing (as root, by apt), and starts it with the configuration that is shipped: only its addresses are others,
 * and a socket to ask it for its figures.
 *
 * @param ports - of API processes on 127.0.0.1; they are named `api1` and so on
 */
export async function startHaproxy(ports: readonly number[]): Promise<Haproxy> {
  await installPrograms({ [PROGRAM]: 'haproxy' });
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'zakops-haproxy-'));
  const [config, socket] = [join(folder, 'haproxy.cfg'), join(folder, 'figures.sock')];
  const shipped = await readFile(join(process.cwd(), 'docker/haproxy/haproxy.cfg'), 'utf8');
  await writeFile(config, onThisMachine(shipped, port, ports).replace(/^global$/m, `global\n  stats socket ${socket}`));
  await run(PROGRAM, ['-c', '-f', config]);
  const child = spawn(PROGRAM, ['-db', '-f', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => lines.push(...chunk.split('\n').filter((line) => line !== '')));
  }
  const exited = once(child, 'exit');
  const figures = async (backend: string): Promise<readonly HaproxyStats[]> =>
    (await ask(socket)).filter((line) => line['pxname'] === backend && line['svname'] !== undefined);
  await waitFor('haproxy', async () => (await figures('public')).length > 0);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    lines,
    figures,
    waitForServer: (name, status) =>
      waitFor(`${name} to be ${status}`, async () =>
        (await figures('api')).some((line) => line['svname'] === name && line['status'] === status),
      ).then(() => undefined),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Puts servers with fixed addresses in the place of those that compose finds by name; options such as `check` stay. */
function onThisMachine(shipped: string, port: number, ports: readonly number[]): string {
  const servers = (options: string): string =>
    ports.map((each, index) => `  server api${String(index + 1)} 127.0.0.1:${String(each)}${options}`).join('\n');
  const config = shipped
    .replace('bind :8000', `bind 127.0.0.1:${String(port)}`)
    .replaceAll(
      /^ {2}server-template api 20 api:8000(.*) resolvers docker init-addr none resolve-prefer ipv4$/gm,
      (_line, options: string) => servers(options),
    );
  if (config.includes('server-template') || config.includes('bind :')) throw new Error('haproxy.cfg has changed: adapt this function.');
  return config;
}

async function ask(socket: string): Promise<HaproxyStats[]> {
  const connection = connect(socket);
  connection.write('show stat\n');
  const [head = '', ...rows] = (await text(connection)).trim().split('\n');
  const names = head.replace(/^# /, '').split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((value, index) => [names[index], value])) as HaproxyStats);
}
