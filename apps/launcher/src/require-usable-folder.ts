import { makeFolder } from '#zakops/embedded-postgres';
import { StartupError } from './startup.error.js';

/**
 * Makes the data folder when it is missing and makes sure that we can write into it.
 *
 * @throws StartupError
 */
export function requireUsableFolder(path: string): void {
  try {
    makeFolder(path);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new StartupError(`The data folder ${path} cannot be written (${reason}): choose another one with ZAKOPS_DATA_DIR.`, [], {
      cause: error,
    });
  }
}
