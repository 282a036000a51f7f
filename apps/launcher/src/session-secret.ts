import { randomBytes } from 'node:crypto';
import { constants, fchmodSync, linkSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GuardedFolder, readText, UnsafeFileError } from '#zakops/embedded-postgres';
import { StartupError } from './startup.error.js';

const FILE = 'session-secret';
const SECRET_BYTES = 48;
const SECRET = /^[\w-]{64}$/;

/**
 * The secret of this data folder, made at the first call: sessions outlive a restart. Only the owner of the folder can read it.
 *
 * @throws StartupError when the file is there and is not one of ours
 */
export function keepSessionSecret(dataDir: string): string {
  const secret = GuardedFolder.use(realpathSync(dataDir), (folder) => {
    const staging = `${FILE}.${String(process.pid)}`;
    rmSync(folder.at(staging), { force: true });
    folder.create(staging, randomBytes(SECRET_BYTES).toString('base64url'));
    try {
      // Takes the name only if nobody has it, so that the file is whole whenever it is there.
      linkSync(folder.at(staging), folder.at(FILE));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(folder.at(staging), { force: true });
    }
    return readSecret(folder);
  });
  if (secret === undefined) {
    throw new StartupError(`The file ${join(dataDir, FILE)} holds no secret of ours: remove it, and everybody logs in again.`);
  }
  return secret;
}

function readSecret(folder: GuardedFolder): string | undefined {
  try {
    return folder.withFile(FILE, constants.O_RDONLY, (file) => {
      // It may have come from a copy that lost it.
      fchmodSync(file, 0o600);
      const secret = readText(file).trim();
      return SECRET.test(secret) ? secret : undefined;
    });
  } catch (error) {
    if (error instanceof UnsafeFileError) return undefined;
    throw error;
  }
}
