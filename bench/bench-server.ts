import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { migrate } from '#zakops/database';
import { EmbeddedPostgres } from '#zakops/embedded-postgres';
import { MIGRATIONS } from '../migrations/index.js';

/** The settings every benchmark runs with; fsync and full_page_writes are on. */
export const SERVER_SETTINGS = {
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  work_mem: '16MB',
  max_connections: '120',
  fsync: 'on',
  synchronous_commit: 'on',
} as const;

/** A PostgreSQL of the benchmark's own, migrated, in a temporary folder. */
export async function startBenchServer(
  settings: Readonly<Record<string, string>> = {},
): Promise<{ url: string; stop: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zakops-bench-'));
  const server = await EmbeddedPostgres.start({ dataDir, settings: { ...SERVER_SETTINGS, ...settings } });
  await migrate(server.url, MIGRATIONS);
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** One line about where the figures come from. */
export function machine(): string {
  const model = cpus()[0]?.model ?? 'unknown processor';
  const memoryGib = Math.round(totalmem() / 1024 ** 3);
  return `${String(availableParallelism())} cores (${model}), ${String(memoryGib)} GiB, Node ${process.versions.node}, embedded PostgreSQL 18, fsync on`;
}

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [lower, upper] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return ((lower ?? Number.NaN) + (upper ?? Number.NaN)) / 2;
}

/** The value below which the given share of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
