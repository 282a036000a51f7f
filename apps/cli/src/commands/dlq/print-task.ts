import type { TaskResponse } from '#zakops/dlq';
import type { Terminal } from '../../terminal/terminal.js';
import { printsJson } from './print-change.js';

/** Prints one task: the JSON of the API, or two lines. */
export function printTask(task: TaskResponse, options: { readonly json?: true }, terminal: Terminal): void {
  if (printsJson(options, terminal)) {
    terminal.print(JSON.stringify(task, null, 2));
    return;
  }
  const { outcomes } = task;
  const became =
    outcomes === null
      ? ''
      : `; ${String(outcomes.delivered)} delivered, ${String(outcomes.waiting)} waiting, ${String(outcomes.dead_again)} dead again`;
  terminal.print(`task ${task.id}: ${task.kind} ${task.state}, ${String(task.done)} of ${String(task.total)} done${became}`);
  if (task.state_reason !== null) terminal.print(task.state_reason);
}
