import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `condition` again and again until it holds or the time is up.
 *
 * @param timeoutMs - milliseconds; the condition is asked at least once, also when this is 0
 * @param intervalMs - milliseconds between two questions, default 20
 * @returns whether the condition came to hold
 */
export async function waitUntil(condition: () => boolean | Promise<boolean>, timeoutMs: number, intervalMs = 20): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline) return false;
    await delay(intervalMs);
  }
}
