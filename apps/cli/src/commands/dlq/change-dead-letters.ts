import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { changeMatchingDeadLetters } from './change-matching-dead-letters.js';
import { changeNamedDeadLetters } from './change-named-dead-letters.js';
import { DISCARD, RETRY } from './dead-letter-change.js';
import type { DeadLetterChange } from './dead-letter-change.js';
import { choosesNothing } from './dead-letter-options.js';
import type { ChangeOptions } from './dead-letter-options.js';
import { withDeadLetters } from './open-dead-letters.js';

/** Makes the chosen dead letters due again. */
export function retryDeadLetters(context: CliContext, options: ChangeOptions): Promise<void> {
  return changeDeadLetters(context, RETRY, options);
}

/** Gives the chosen dead letters up. */
export function discardDeadLetters(context: CliContext, options: ChangeOptions): Promise<void> {
  return changeDeadLetters(context, DISCARD, options);
}

async function changeDeadLetters({ env, terminal }: CliContext, change: DeadLetterChange, options: ChangeOptions): Promise<void> {
  const { id: ids, all } = options;
  if (ids === undefined && all !== true && choosesNothing(options)) {
    throw new CliError('Which ones? Give --id, a filter such as --consumer, or --all.');
  }
  if (ids !== undefined && !choosesNothing(options)) throw new CliError('--id names the dead letters; leave the filter away.');
  await withDeadLetters(env, (buses) =>
    ids === undefined
      ? changeMatchingDeadLetters(buses, change, options, terminal)
      : changeNamedDeadLetters(buses, change, ids, options, terminal),
  );
}
