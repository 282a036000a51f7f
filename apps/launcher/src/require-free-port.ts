import { isTcpPortFree, waitUntil } from '#zakops/embedded-postgres';
import { StartupError } from './startup.error.js';

/**
 * Makes sure that the API will be able to listen.
 *
 * @param graceMs - milliseconds to wait for the port, for the API of a launcher that was killed a moment ago
 * @throws StartupError when the port is taken or may not be used
 */
export async function requireFreePort(port: number, host: string | undefined, graceMs: number): Promise<void> {
  let free: boolean;
  try {
    free = await waitUntil(async () => isTcpPortFree(port, host), graceMs, 100);
  } catch (error) {
    const where = host === undefined ? '' : ` on ${host}`;
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new StartupError(`Port ${port}${where} cannot be used (${reason}): choose another with PORT or HOST.`, [], { cause: error });
  }
  if (free) return;
  const other = port < 65_535 ? port + 1 : port - 1;
  throw new StartupError(
    `Port ${port} is already in use: stop the program that uses it, or choose another one, for example PORT=${other} npm start.`,
  );
}
