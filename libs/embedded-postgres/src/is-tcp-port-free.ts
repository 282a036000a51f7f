import { createServer } from 'node:net';

/**
 * Checks whether a TCP port can be listened on right now, by listening on it for a moment.
 *
 * @param host - address to listen on; without it every address of the machine, IPv6 and IPv4
 * @throws the system's error when the port is refused for another reason than being taken (for example EACCES)
 */
export async function isTcpPortFree(port: number, host?: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
