import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;

/** More than any of our small files holds; the limit keeps a file that another user made large out of memory. */
const SMALL_FILE_BYTES = 64 * 1_024;

/** A file that is not safe to use: a link, a pipe, the file of another user, or one with a second name. */
export class UnsafeFileError extends Error {
  override readonly name = 'UnsafeFileError';
}

/**
 * A folder that may belong to a less trusted account, held open. Its files are opened without following links, and judged on the open
 * descriptor before they are read, written or changed.
 *
 * @remarks Root keeps files in folders of the account that runs PostgreSQL. By path, that account could put a link or a pipe under a name
 * that root is about to use. Names are resolved below the open folder (`/proc/self/fd`), so exchanging a parent changes nothing either.
 */
export class GuardedFolder {
  /** Of the folder itself. */
  readonly stat: Stats;

  private constructor(
    private readonly path: string,
    readonly descriptor: number,
  ) {
    this.stat = fstatSync(descriptor);
  }

  /**
   * Opens a folder for the time of `work`.
   *
   * @param path - no link itself
   * @throws the system's error, with its `code`: ENOENT, or ENOTDIR and ELOOP when it is no folder
   */
  static use<T>(path: string, work: (folder: GuardedFolder) => T): T {
    const folder = new GuardedFolder(path, openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    try {
      return work(folder);
    } finally {
      closeSync(folder.descriptor);
    }
  }

  /** Where the kernel finds `name` in this folder, wherever the folder is moved. Good for calls that follow no link. */
  at(name: string): string {
    return join('/proc/self/fd', String(this.descriptor), name);
  }

  /**
   * Opens a file that belongs to this user or to the folder's owner; the caller closes it.
   *
   * @param flags - of open(2); links are never followed, and a pipe is not waited for
   * @throws UnsafeFileError when it is no regular file of theirs, or has a second name
   */
  open(name: string, flags: number, mode = 0o600): number {
    let descriptor: number;
    try {
      descriptor = openSync(this.at(name), flags | O_NOFOLLOW | O_NONBLOCK, mode);
    } catch (error) {
      // ELOOP: a link. ENXIO: a pipe without a reader, or a socket.
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['ELOOP', 'ENXIO', 'EISDIR'].includes(code)) throw this.unsafe(name, error);
      throw error;
    }
    const stat = fstatSync(descriptor);
    if (stat.isFile() && (this.isOursAlone || stat.nlink <= 1) && (stat.uid === process.getuid?.() || stat.uid === this.stat.uid))
      return descriptor;
    closeSync(descriptor);
    throw this.unsafe(name);
  }

  /** Opens a file like {@link open} for the time of `work`. */
  withFile<T>(name: string, flags: number, work: (descriptor: number) => T): T {
    const descriptor = this.open(name, flags);
    try {
      return work(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /**
   * Reads a small text.
   *
   * @returns undefined when there is none
   * @throws UnsafeFileError, also when it is too large
   */
  read(name: string): string | undefined {
    try {
      return this.withFile(name, O_RDONLY, (descriptor) => {
        if (fstatSync(descriptor).size > SMALL_FILE_BYTES) throw this.unsafe(name);
        return readText(descriptor);
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Writes a file that must not be there, and flushes it. */
  create(name: string, text: string, mode = 0o600): void {
    const descriptor = openSync(this.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  /** Replaces the file of this name as a whole; a link is replaced, and not followed. */
  replace(name: string, text: string, mode = 0o600): void {
    const staging = `${name}.new`;
    rmSync(this.at(staging), { force: true });
    this.create(staging, text, mode);
    renameSync(this.at(staging), this.at(name));
  }

  /** Then no other user can give a second name to a file of ours. */
  private get isOursAlone(): boolean {
    return this.stat.uid === process.getuid?.() && (this.stat.mode & 0o022) === 0;
  }

  private unsafe(name: string, cause?: unknown): UnsafeFileError {
    return new UnsafeFileError(
      `${join(this.path, name)} is not a plain file of user id ${process.getuid?.()} or ${this.stat.uid}: remove it`,
      { cause },
    );
  }
}

/** Reads an open file from `position`, at most `maxBytes` of it. */
export function readText(descriptor: number, position = 0, maxBytes = SMALL_FILE_BYTES): string {
  const buffer = Buffer.alloc(Math.max(0, Math.min(fstatSync(descriptor).size - position, maxBytes)));
  return buffer.subarray(0, readSync(descriptor, buffer, 0, buffer.length, position)).toString();
}

/** Gives an open file or folder away; its mode first, because afterwards only the new owner may change it. */
export function giveDescriptor(descriptor: number, { uid, gid }: { readonly uid: number; readonly gid: number }, mode: number): void {
  fchmodSync(descriptor, mode);
  fchownSync(descriptor, uid, gid);
  // Some shared folders ignore the change, about which initdb would complain less clearly.
  if (fstatSync(descriptor).uid !== uid) throw new Error('the owner did not change');
}
