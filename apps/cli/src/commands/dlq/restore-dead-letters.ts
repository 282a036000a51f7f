import { RestoreDeadLetters, RestoreTask, toTaskResponse } from '#zakops/dlq';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { withDeadLetters } from './open-dead-letters.js';
import { countOf, printsJson } from './print-change.js';
import { printTask } from './print-task.js';

/** The options of `dlq restore`. */
export interface RestoreOptions {
  readonly id?: readonly string[];
  readonly task?: string;
  readonly reason?: string;
  readonly json?: true;
}

/** Brings discarded dead letters back; exit code 1 when some cannot come back. */
export async function restoreDeadLetters({ env, terminal }: CliContext, { id: ids, task, ...options }: RestoreOptions): Promise<void> {
  if ((ids === undefined) === (task === undefined)) throw new CliError('Which ones? Give either --id or --task.');
  await withDeadLetters(env, async ({ commands }) => {
    if (task !== undefined) {
      const restoring = toTaskResponse(await commands.execute(new RestoreTask(task, options.reason)));
      if (printsJson(options, terminal)) {
        terminal.print(JSON.stringify({ status: 'restoring', restored: [], left: [], task: restoring }, null, 2));
      } else printTask(restoring, options, terminal);
      return;
    }
    const { restored, left } = await commands.execute(new RestoreDeadLetters(ids ?? [], options.reason));
    if (printsJson(options, terminal)) {
      terminal.print(JSON.stringify({ status: 'restored', restored, left, task: null }, null, 2));
    } else terminal.print(`${countOf(restored.length)} ${restored.length === 1 ? 'is' : 'are'} back`);
    if (left.length === 0) return;
    terminal.note(`${countOf(left.length)} cannot come back: not in the archive, or its event is gone, or its delivery goes on.`);
    process.exitCode = 1;
  });
}
