import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder for a database of the test's own, in memory where there is room. The test removes it. */
export function makeFolder(prefix: string): string {
  return mkdtempSync(join(process.env['ZAKOPS_TEST_FOLDER'] ?? tmpdir(), prefix));
}
