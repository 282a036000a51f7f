import { ListDeadLetters } from '#zakops/dlq';
import type { DeadLetterFilter } from '#zakops/outbox';
import { confirm } from '../../terminal/confirm.js';
import { startProgress } from '../../terminal/progress.js';
import type { Terminal } from '../../terminal/terminal.js';
import type { DeadLetterChange } from './dead-letter-change.js';
import type { ChangeOptions } from './dead-letter-options.js';
import { toFilter } from './open-dead-letters.js';
import type { DeadLetterBuses } from './open-dead-letters.js';
import { countOf, printsJson, printWouldChange } from './print-change.js';

/** Changes every dead letter that fits the filter, in portions; exit code 1 when another operation holds some of them. */
export async function changeMatchingDeadLetters(
  { commands, queries, clock }: DeadLetterBuses,
  change: DeadLetterChange,
  options: ChangeOptions,
  terminal: Terminal,
): Promise<void> {
  const begunAt = await clock.instant();
  const chosen = await toFilter(options, clock);
  // A dead letter that fails while the question is on the screen is not part of the answer.
  const filter: DeadLetterFilter = { ...chosen, failedBefore: chosen.failedBefore ?? begunAt };
  const { total } = await queries.execute(new ListDeadLetters(filter, 1, { offset: 0 }));
  if (options.dryRun === true) {
    printWouldChange(change, total, options, terminal);
    return;
  }
  if (total > 0 && options.yes !== true) await confirm(change.question(countOf(total)), terminal);
  const progress = await startProgress(change.progressLabel, total, terminal);
  let count = 0;
  let remaining = 0;
  let taskId: string | null = null;
  const onPortion = (changed: number): void => {
    count += changed;
    progress.advance(changed);
  };
  try {
    if (total > 0)
      ({ remaining, taskId } = await commands.execute(change.many(filter, options.reason, { longestMs: Infinity, onPortion })));
  } catch (error) {
    if (count > 0) terminal.note(`${countOf(count)} ${count === 1 ? 'was' : 'were'} ${change.done} before this:`);
    throw error;
  } finally {
    progress.stop();
  }
  if (printsJson(options, terminal)) {
    terminal.print(JSON.stringify({ ...change.answerForMany(options.correlation), count, remaining, task_id: taskId }, null, 2));
  } else {
    terminal.print(`${countOf(count)} ${count === 1 ? 'is' : 'are'} ${change.done}`);
  }
  if (remaining > 0) {
    terminal.note(`${countOf(remaining)} ${remaining === 1 ? 'was' : 'were'} left, because another operation holds them. Run it again.`);
    process.exitCode = 1;
  }
}
