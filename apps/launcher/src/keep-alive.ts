import { setTimeout as delay } from 'node:timers/promises';
import { type RestartPolicy } from './launcher.config.js';
import { StartupError } from './startup.error.js';

/** One run of a program, from its start to its end. */
export interface Life {
  readonly ended: Promise<{ readonly how: string; readonly livedMs: number }>;
  readonly lastWords: () => readonly string[];
}

/** A program to be kept running. */
export interface KeepAlive {
  readonly name: string;
  readonly policy: RestartPolicy;
  readonly startAgain: () => Promise<Life> | Life;
  /** Ends the keeping; the program itself is ended by the caller. */
  readonly until: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Starts a program again whenever it ends, waiting longer after every quick death.
 *
 * @returns when `until` is aborted
 * @throws StartupError after as many quick deaths in a row as the policy allows, with the program's last words
 */
export async function keepAlive(first: Life, { name, policy, startAgain, until, say }: KeepAlive): Promise<void> {
  let life = first;
  let quickDeaths = 0;
  const aborted = new Promise<void>((resolve) => {
    until.addEventListener('abort', () => {
      resolve();
    });
  });
  for (;;) {
    const end = await Promise.race([life.ended, aborted]);
    if (until.aborted || end === undefined) return;

    quickDeaths = end.livedMs < policy.quickDeathMs ? quickDeaths + 1 : 0;
    if (quickDeaths >= policy.maxQuickDeaths) {
      throw new StartupError(`The ${name} ended ${quickDeaths} times in a row (${end.how}).`, life.lastWords());
    }
    const waitMs = Math.min(policy.firstDelayMs * 2 ** Math.max(quickDeaths - 1, 0), policy.maxDelayMs);
    say(`The ${name} ended (${end.how}) and is started again in ${waitMs / 1000} s.`);
    await delay(waitMs, undefined, { signal: until }).catch(() => undefined);
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it can be aborted during the wait above
    if (until.aborted) return;
    life = await startAgain();
  }
}
