import { DeadLetterLeftError, GetDeadLetter } from '#zakops/dlq';
import { DomainError } from '#zakops/kernel';
import { confirm } from '../../terminal/confirm.js';
import type { Terminal } from '../../terminal/terminal.js';
import type { DeadLetterChange } from './dead-letter-change.js';
import type { ChangeOptions } from './dead-letter-options.js';
import type { DeadLetterBuses } from './open-dead-letters.js';
import { countOf, printsJson, printWouldChange } from './print-change.js';

/** Changes the dead letters of `--id`, each in its own transaction; exit code 1 when one of several cannot be changed. */
export async function changeNamedDeadLetters(
  { commands, queries }: DeadLetterBuses,
  change: DeadLetterChange,
  ids: readonly string[],
  options: ChangeOptions,
  terminal: Terminal,
): Promise<void> {
  // A question, like a count, is only about dead letters that are in the queue.
  if (options.dryRun === true || change.asksForNamed) {
    for (const id of ids) {
      const { state } = await queries.execute(new GetDeadLetter(id));
      if (state !== 'dead') throw new DeadLetterLeftError(id, state);
    }
  }
  if (options.dryRun === true) {
    printWouldChange(change, ids.length, options, terminal);
    return;
  }
  if (change.asksForNamed && options.yes !== true) await confirm(change.question(countOf(ids.length)), terminal);
  const changed: string[] = [];
  for (const id of ids) {
    try {
      await commands.execute(change.one(id, options.reason));
      changed.push(id);
    } catch (error) {
      if (ids.length === 1 || !(error instanceof DomainError)) throw error;
      // The other ids can still be changed.
      terminal.note(error.detail);
      process.exitCode = 1;
    }
  }
  if (printsJson(options, terminal)) {
    const answers = changed.map((entry_id) => ({ status: change.statusOfOne, entry_id }));
    terminal.print(JSON.stringify(ids.length === 1 ? answers[0] : answers, null, 2));
  } else {
    terminal.print(`${countOf(changed.length)} ${changed.length === 1 ? 'is' : 'are'} ${change.done}`);
  }
}
