import { randomBytes } from 'node:crypto';
import { lstatSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { GuardedFolder } from './guarded-folder.js';
import { makeFolder } from './make-folder.js';

/** The layout of an embedded PostgreSQL's folder. */
export class DataFolder {
  /** Real path: PostgreSQL processes are recognised by it. */
  readonly path: string;

  /**
   * Makes the folder when it is missing.
   *
   * @throws EmbeddedPostgresError `folder_not_usable`
   */
  constructor(path: string) {
    try {
      makeFolder(path, 0o755);
    } catch (error) {
      throw notUsable(path, error);
    }
    this.path = realpathSync(path);
  }

  /** What PostgreSQL calls its data directory. */
  get cluster(): string {
    return join(this.path, 'cluster');
  }

  get hasCluster(): boolean {
    return lstatSync(this.cluster, { throwIfNoEntry: false }) !== undefined;
  }

  /** PostgreSQL's own log. */
  get logFile(): string {
    return join(this.path, 'postgres.log');
  }

  /** A copy of the programs, where the installed ones cannot be run. */
  get programs(): string {
    return join(this.path, 'programs');
  }

  /** The superuser's password, made at random on first use; only this user can read the file. */
  password(): string {
    try {
      return GuardedFolder.use(this.path, (folder) => {
        const known = folder.read('password')?.trim() ?? '';
        if (known !== '') return known;
        if (this.hasCluster) throw new Error('it is missing, and the server knows only the old one');
        const password = randomBytes(18).toString('base64url');
        // On disk before the cluster is: an empty file after a power cut would lock everybody out.
        folder.replace('password', password);
        return password;
      });
    } catch (error) {
      throw notUsable(join(this.path, 'password'), error);
    }
  }

  /** The port of the last run, undefined before the first. */
  get lastPort(): number | undefined {
    try {
      const port = Number(GuardedFolder.use(this.path, (folder) => folder.read('port')));
      return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
    } catch {
      return undefined;
    }
  }

  /** Remembers the port for the next run. */
  rememberPort(port: number): void {
    GuardedFolder.use(this.path, (folder) => {
      folder.replace('port', `${port}\n`, 0o644);
    });
  }
}

function notUsable(path: string, error: unknown): EmbeddedPostgresError {
  const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  return new EmbeddedPostgresError('folder_not_usable', `${path} cannot be read and written (${reason}).`, [], { cause: error });
}
