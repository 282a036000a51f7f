import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and the folders above it where they are missing, and makes sure that we can work in it.
 *
 * @remarks Step by step, because Node's `recursive` never returns where a file system answers ENOENT below a folder that is
 * there, as `/proc` does.
 * @param mode - of the folders that are made; by default what the umask leaves
 * @throws the system's error, with its `code`
 */
export function makeFolder(path: string, mode?: number): void {
  const missing: string[] = [];
  for (let folder = resolve(path); !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) makeOne(folder, mode);
  // With the dot: of a file this is ENOTDIR.
  accessSync(`${resolve(path)}/.`, constants.R_OK | constants.W_OK | constants.X_OK);
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
