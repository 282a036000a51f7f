import { rm } from 'node:fs/promises';

/** Stops the server of the run and removes its folder. */
export default async function globalTeardown() {
  const server = globalThis.zakopsTestServer;
  if (server === undefined) return;
  await server.stop();
  await rm(server.dataDir, { recursive: true, force: true });
}
