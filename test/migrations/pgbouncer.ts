import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, installPrograms, waitFor } from '#zakops/testing';
import pg from 'pg';

const PROGRAM = '/usr/sbin/pgbouncer';

/** A pooler before a server. */
export interface Pgbouncer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Installs pgbouncer if it is missing (as root, by apt), and starts one on a free port, in transaction mode unless told otherwise. */
export async function startPgbouncer(
  serverUrl: string,
  mode: 'transaction' | 'session' = 'transaction',
  serverConnections = 20,
): Promise<Pgbouncer> {
  await installPrograms({ [PROGRAM]: 'pgbouncer' });
  const server = new URL(serverUrl);
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'zakops-pgbouncer-'));
  await chmod(folder, 0o755);
  const config = join(folder, 'pgbouncer.ini');
  const password = decodeURIComponent(server.password);
  await writeFile(
    config,
    [
      '[databases]',
      `* = host=127.0.0.1 port=${server.port} user=${server.username}${password === '' ? '' : ` password=${password}`}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${String(port)}`,
      'unix_socket_dir =',
      'auth_type = any',
      `pool_mode = ${mode}`,
      `default_pool_size = ${String(serverConnections)}`,
      'max_client_conn = 200',
    ].join('\n'),
  );
  // It refuses to run as root.
  const args = process.getuid?.() === 0 ? ['-u', 'nobody', config] : [config];
  const child: ChildProcess = spawn(PROGRAM, args, { stdio: 'ignore' });
  const url = new URL(serverUrl);
  url.port = String(port);
  await waitFor('pgbouncer to answer', async () => {
    if (child.exitCode !== null) throw new Error(`pgbouncer ended with ${String(child.exitCode)}`);
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.end();
    return true;
  });
  return {
    url: url.href,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
