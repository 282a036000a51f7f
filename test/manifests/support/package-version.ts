import { readFileSync } from 'node:fs';

/** The version of this checkout, which its manifests deploy. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }).version;
}
