import { statSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { waitUntil } from './wait-until.js';

/**
 * Holds a folder for one process; the kernel lets go of it when the process ends, however it ends.
 *
 * @remarks A listening abstract Unix socket (Linux) named after the folder's device and inode: unlike a pid file there is
 * nothing to go stale after kill -9. Its reach is one network namespace: two containers that share a volume do not see
 * each other's lock.
 */
export class FolderLock {
  private constructor(private readonly server: Server) {}

  /**
   * Takes the lock of an existing folder.
   *
   * @param folder - must exist
   * @throws EmbeddedPostgresError `folder_in_use`, naming the holder's pid when it answers
   */
  static async acquire(folder: string): Promise<FolderLock> {
    const { dev, ino } = statSync(folder);
    const name = `\0zakops-folder-${dev}-${ino}`;
    let server: Server | undefined;
    let holder: string | undefined;
    // A holder that has just been killed may keep its socket for a moment and not answer; one that answers is alive.
    await waitUntil(async () => {
      server = await listen(name);
      if (server === undefined) holder = await askHolder(name);
      return server !== undefined || holder !== undefined;
    }, 2_000);
    if (server === undefined) {
      const who = holder === undefined ? 'another process' : `process ${holder}`;
      throw new EmbeddedPostgresError(
        'folder_in_use',
        `The folder ${folder} is already in use by ${who}: stop that one, or use another folder.`,
      );
    }
    return new FolderLock(server);
  }

  /** Lets go of the folder; may be called again. */
  async release(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }
}

async function listen(name: string): Promise<Server | undefined> {
  return await new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(String(process.pid));
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(name, () => {
      server.unref();
      resolve(server);
    });
  });
}

async function askHolder(name: string): Promise<string | undefined> {
  return await new Promise((resolve) => {
    let answer = '';
    const socket = connect(name);
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      resolve(answer === '' ? undefined : answer);
    });
  });
}
