import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024;

// What was missing may have come while this waited for the lock. Its arguments: program, package, program, package ...
const INSTALL = `exec 2>&1
missing=
while [ $# -gt 0 ]; do
  [ -x "$1" ] || missing="$missing $2"
  shift 2
done
[ -n "$missing" ] || exit 0
apt-get update -q && apt-get install -y -q --no-install-recommends $missing`;

/**
 * Installs Debian packages whose program is missing, by apt; does nothing when every program is there.
 *
 * @remarks Needs root when something is missing. Suites that run at the same time wait for each other: apt refuses a second one.
 * @param programs - Debian package by absolute path of the program
 * @throws Error with what apt wrote when it fails, or when a program is still missing afterwards
 */
export async function installPrograms(programs: Readonly<Record<string, string>>): Promise<void> {
  const missing = await missingOf(programs);
  if (missing.length === 0) return;
  const packages = missing.map((program) => programs[program]).join(', ');
  if (process.getuid?.() !== 0) throw new Error(`Install ${packages}, or run this as root: ${missing.join(', ')} missing.`);
  // Without --close a service that a package starts would keep the lock for as long as it runs.
  const args = ['--close', join(tmpdir(), 'zakops-apt.lock'), 'sh', '-c', INSTALL, 'install', ...Object.entries(programs).flat()];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { stdout } = await run('flock', args, { env, maxBuffer: OUTPUT_LIMIT_BYTES }).catch((error: unknown) => {
    const output = (error as { stdout?: string }).stdout ?? '';
    throw new Error(`apt-get could not install ${packages}:\n${output}`, { cause: error });
  });
  const stillMissing = await missingOf(programs);
  if (stillMissing.length > 0) throw new Error(`${stillMissing.join(', ')} missing after the installation of ${packages}:\n${stdout}`);
}

async function missingOf(programs: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const program of Object.keys(programs)) {
    await access(program, constants.X_OK).catch(() => missing.push(program));
  }
  return missing;
}
