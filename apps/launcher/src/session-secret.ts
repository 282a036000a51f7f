import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartupError } from './startup.error.js';

const SECRET_BYTES = 48;
const SECRET = /^[\w-]{64}$/;

/**
 * The secret of this data folder, made at the first call: sessions outlive a restart. Only the owner of the folder can read it.
 *
 * @throws StartupError when the file is there and is not one of ours
 */
export function keepSessionSecret(dataDir: string): string {
  const file = join(dataDir, 'session-secret');
  const staging = `${file}.${String(process.pid)}`;
  writeFileSync(staging, randomBytes(SECRET_BYTES).toString('base64url'), { mode: 0o600 });
  try {
    // Takes the name only if nobody has it, so that the file is whole whenever it is there.
    linkSync(staging, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(staging, { force: true });
  }
  // It may have come from a copy that lost it.
  chmodSync(file, 0o600);
  const secret = readFileSync(file, 'utf8').trim();
  if (!SECRET.test(secret)) throw new StartupError(`The file ${file} holds no secret of ours: remove it, and everybody logs in again.`);
  return secret;
}
