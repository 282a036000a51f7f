import { setTimeout as delay } from 'node:timers/promises';

/**
 * Calls `condition` repeatedly until it holds or the time is up.
 *
 * @param timeoutMs - milliseconds; the condition is called at least once, also when this is 0
 * @param intervalMs - milliseconds between two calls, default 20
 * @returns whether the condition holds
 */
export async function waitUntil(condition: () => boolean | Promise<boolean>, timeoutMs: number, intervalMs = 20): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await delay(intervalMs);
  }
}
