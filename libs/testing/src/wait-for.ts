import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/**
 * Waits until `look` gives something other than undefined or false, and gives that.
 *
 * @param what - for the message when it never comes
 * @param limitMs - milliseconds; a bound, not an expectation
 * @throws Error when the limit passes; carries what `look` threw last, if anything
 */
export async function waitFor<T>(what: string, look: () => T | Promise<T>, limitMs = 15_000): Promise<Exclude<T, undefined | false>> {
  const giveUpAt = Date.now() + limitMs;
  let lastError: unknown;
  while (Date.now() < giveUpAt) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
      lastError = undefined;
    } catch (error) {
      lastError = error;
    }
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`Waited ${String(limitMs)} ms in vain for ${what}.`, { cause: lastError });
}
