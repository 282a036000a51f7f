import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version in the package.json beside which this code lies, for example `0.4.0`. */
export const PACKAGE_VERSION = versionAbove(dirname(fileURLToPath(import.meta.url)));

function versionAbove(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('No package.json lies above the code.');
  return versionAbove(parent);
}
