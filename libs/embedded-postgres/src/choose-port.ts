import { randomInt } from 'node:crypto';
import { EmbeddedPostgresError } from './embedded-postgres.error.js';
import { isTcpPortFree } from './is-tcp-port-free.js';

/** The only address an embedded PostgreSQL listens on. */
export const LOOPBACK = '127.0.0.1';

/**
 * Picks a free port: the wanted one or none, else the last one, else any.
 *
 * @remarks New ports come from below the range that the kernel gives to outgoing connections (32768 and up on Linux), so
 * that the port is likely to be free again at the next start.
 * @throws EmbeddedPostgresError `port_taken`
 */
export async function choosePort(wanted: number | undefined, last: number | undefined): Promise<number> {
  if (wanted !== undefined) {
    if (await isTcpPortFree(wanted, LOOPBACK)) return wanted;
    throw new EmbeddedPostgresError('port_taken', `Port ${wanted} on ${LOOPBACK}, meant for PostgreSQL, is taken.`);
  }
  if (last !== undefined && (await isTcpPortFree(last, LOOPBACK))) return last;
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = randomInt(15_000, 32_000);
    if (await isTcpPortFree(port, LOOPBACK)) return port;
  }
  throw new EmbeddedPostgresError('port_taken', `No free port was found for PostgreSQL on ${LOOPBACK}.`);
}
