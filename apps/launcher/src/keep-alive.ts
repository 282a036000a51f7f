import { setTimeout as delay } from 'node:timers/promises';
import { aborted } from './aborted.js';
import { type RestartPolicy } from './launcher.config.js';
import { StartupError } from './startup.error.js';

/** How a program ended. */
export interface ProgramExit {
  /** The signal or the exit code, for a sentence. */
  readonly how: string;
  readonly livedMs: number;
}

/** One run of a program, from its start to its end. */
export interface ProgramRun {
  readonly exit: Promise<ProgramExit>;
  readonly lastWords: () => readonly string[];
}

/** A program to be kept running. */
export interface KeepAlive {
  readonly name: string;
  readonly policy: RestartPolicy;
  readonly startAgain: () => Promise<ProgramRun> | ProgramRun;
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
export async function keepAlive(first: ProgramRun, { name, policy, startAgain, until, say }: KeepAlive): Promise<void> {
  let run = first;
  let quickDeaths = 0;
  const over = aborted(until);
  for (;;) {
    const exit = await Promise.race([run.exit, over]);
    if (until.aborted || exit === undefined) return;

    quickDeaths = exit.livedMs < policy.quickDeathMs ? quickDeaths + 1 : 0;
    if (quickDeaths >= policy.maxQuickDeaths) {
      throw new StartupError(`The ${name} ended ${quickDeaths} times in a row (${exit.how}).`, run.lastWords());
    }
    const waitMs = Math.min(policy.firstDelayMs * 2 ** Math.max(quickDeaths - 1, 0), policy.maxDelayMs);
    say(`The ${name} ended (${exit.how}) and is started again in ${waitMs / 1000} s.`);
    await delay(waitMs, undefined, { signal: until }).catch(() => undefined);
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it can be aborted during the wait above
    if (until.aborted) return;
    run = await startAgain();
  }
}
