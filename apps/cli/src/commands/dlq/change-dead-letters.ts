import { GetDeadLetter, ListDeadLetters, DiscardDeadLetter, DiscardDeadLetters, RetryDeadLetter, RedriveDeadLetters } from '#zakops/dlq';
import type { DeadLetterFilter } from '#zakops/outbox';
import { DomainError } from '#zakops/kernel';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { confirm } from '../../terminal/confirm.js';
import { startProgress } from '../../terminal/progress.js';
import type { Terminal } from '../../terminal/terminal.js';
import { choosesNothing } from './dead-letter-options.js';
import type { ChangeOptions } from './dead-letter-options.js';
import { toFilter, withDeadLetters } from './open-dead-letters.js';
import type { DeadLetterBuses } from './open-dead-letters.js';

/** What is done with the chosen dead letters. */
export type DeadLetterChange = 'retry' | 'purge';

const WORDS = {
  retry: {
    ask: 'Deliver',
    end: ' again',
    done: 'due again',
    would: 'be delivered again',
    one: 'queued_for_retry',
    all: 'all_queued_for_retry',
  },
  purge: { ask: 'Give up', end: ' for good', done: 'given up', would: 'be given up', one: 'purged', all: 'purged' },
} as const;

/** Delivers the chosen dead letters again, or gives them up. */
export async function changeDeadLetters({ env, terminal }: CliContext, change: DeadLetterChange, options: ChangeOptions): Promise<void> {
  const { id: ids, all } = options;
  if (ids === undefined && all !== true && choosesNothing(options)) {
    throw new CliError('Which ones? Give --id, a filter such as --consumer, or --all.');
  }
  if (ids !== undefined && !choosesNothing(options)) throw new CliError('--id names the entries; leave the filter away.');
  await withDeadLetters(env, (buses) =>
    ids === undefined ? changeMany(buses, change, options, terminal) : changeSome(buses, change, ids, options, terminal),
  );
}

async function changeSome(
  { commands, queries }: DeadLetterBuses,
  change: DeadLetterChange,
  ids: readonly string[],
  options: ChangeOptions,
  terminal: Terminal,
): Promise<void> {
  const { ask, end, one } = WORDS[change];
  // Also before a question: nobody should be asked about what is not there.
  for (const id of options.dryRun === true || change === 'purge' ? ids : []) await queries.execute(new GetDeadLetter(id));
  if (options.dryRun === true) {
    tellCount(change, ids.length, options, terminal);
    return;
  }
  // One delivery more does no harm.
  if (change === 'purge' && options.yes !== true) await confirm(`${ask} ${plural(ids.length)}${end}?`, terminal);
  const changed: string[] = [];
  for (const id of ids) {
    const { reason } = options;
    try {
      await commands.execute(change === 'retry' ? new RetryDeadLetter(id, reason) : new DiscardDeadLetter(id, reason));
      changed.push(id);
    } catch (error) {
      if (ids.length === 1 || !(error instanceof DomainError)) throw error;
      // The others are not to blame.
      terminal.note(error.detail);
      process.exitCode = 1;
    }
  }
  if (options.json !== true && terminal.showsTables) {
    terminal.print(`${plural(changed.length)} ${changed.length === 1 ? 'is' : 'are'} ${WORDS[change].done}`);
    return;
  }
  const answers = changed.map((entry_id) => ({ status: one, entry_id }));
  terminal.print(JSON.stringify(ids.length === 1 ? answers[0] : answers, null, 2));
}

async function changeMany(
  { commands, queries, clock }: DeadLetterBuses,
  change: DeadLetterChange,
  options: ChangeOptions,
  terminal: Terminal,
): Promise<void> {
  const begun = await clock.instant();
  const chosen = await toFilter(options, clock);
  // What fails while the question is on the screen was not meant by the answer.
  const filter: DeadLetterFilter = { ...chosen, failedBefore: chosen.failedBefore ?? begun };
  const { total } = await queries.execute(new ListDeadLetters(filter, 1, { offset: 0 }));
  if (options.dryRun === true) {
    tellCount(change, total, options, terminal);
    return;
  }
  const { ask, end, all: status, done } = WORDS[change];
  if (total > 0 && options.yes !== true) await confirm(`${ask} ${plural(total)}${end}?`, terminal);
  const progress = await startProgress(`${change} dead letters`, total, terminal);
  let count = 0;
  let remaining = 0;
  try {
    const Change = change === 'retry' ? RedriveDeadLetters : DiscardDeadLetters;
    const onPortion = (changed: number): void => {
      count += changed;
      progress.advance(changed);
    };
    if (total > 0) ({ remaining } = await commands.execute(new Change(filter, options.reason, { longestMs: Infinity, onPortion })));
  } catch (error) {
    if (count > 0) terminal.note(`${plural(count)} ${count === 1 ? 'was' : 'were'} ${done} before this:`);
    throw error;
  } finally {
    progress.stop();
  }
  if (options.json !== true && terminal.showsTables) terminal.print(`${plural(count)} ${count === 1 ? 'is' : 'are'} ${done}`);
  else if (change === 'retry')
    terminal.print(JSON.stringify({ status, correlation_id: options.correlation ?? null, count, remaining }, null, 2));
  else terminal.print(JSON.stringify({ status, count, remaining }, null, 2));
  if (remaining > 0) {
    terminal.note(`${plural(remaining)} ${remaining === 1 ? 'was' : 'were'} left, because another operation holds them. Run it again.`);
    process.exitCode = 1;
  }
}

function tellCount(change: DeadLetterChange, count: number, { json }: ChangeOptions, terminal: Terminal): void {
  if (json === true || !terminal.showsTables) terminal.print(JSON.stringify({ dry_run: true, count }, null, 2));
  else terminal.print(`${plural(count)} would ${WORDS[change].would}; nothing was changed`);
}

function plural(count: number): string {
  return `${String(count)} dead letter${count === 1 ? '' : 's'}`;
}
