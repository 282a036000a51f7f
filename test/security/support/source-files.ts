import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One file of the product's own code. */
export interface SourceFile {
  /** From the root of the repository on. */
  readonly path: string;
  readonly source: string;
}

/** Every file of the product's own code, without tests and what they use. */
export function sourceFiles(root: string): readonly SourceFile[] {
  return ['libs', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !/(?:spec\.ts$|(?:^|\/)test\/|^testing\/)/.test(path))
      .map((path) => ({ path: join(folder, path), source: readFileSync(join(root, folder, path), 'utf8') })),
  );
}
