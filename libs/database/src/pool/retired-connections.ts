import { performance } from 'node:perf_hooks';
import type { DataSource } from 'typeorm';

// A server that takes no writes answers many calls; to open all connections anew for each would be too much for it.
const AT_MOST_EVERY_MS = 1_000;

const retired = new WeakSet<object>();
const lastAtMs = new WeakMap<object, number>();

/**
 * Has the connections that a pool has at this moment closed instead of handed out again, because they lead to a server that cannot do what
 * is asked. Who has one keeps it until it gives it back.
 */
export function retireConnections(dataSource: DataSource): void {
  const nowMs = performance.now();
  const { master } = dataSource.driver as unknown as { readonly master?: { readonly _clients: readonly object[] } };
  if (master === undefined || nowMs - (lastAtMs.get(dataSource) ?? Number.NEGATIVE_INFINITY) < AT_MOST_EVERY_MS) return;
  lastAtMs.set(dataSource, nowMs);
  for (const client of master._clients) retired.add(client);
}

/** True for a connection that must not be used again. */
export function isRetired(client: object): boolean {
  return retired.has(client);
}
