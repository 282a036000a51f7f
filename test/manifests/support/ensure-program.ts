import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Installs a Debian package (as root, by apt) unless its program is there. */
export async function ensureProgram(program: string, debianPackage: string): Promise<void> {
  const installed = await run('which', [program]).then(
    () => true,
    () => false,
  );
  if (installed) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-q'], { env });
  await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', debianPackage], { env });
}
