import { GetTask, ListTasks, taskCursor, taskStart, toTaskResponse } from '#zakops/dlq';
import type { TaskState } from '#zakops/dlq';
import type { CliContext } from '../../context/cli-context.js';
import { drawTable } from '../../terminal/table.js';
import { withDeadLetters } from './open-dead-letters.js';
import { printsJson } from './print-change.js';
import { printTask } from './print-task.js';

/** The options of `dlq tasks`. */
export interface TasksOptions {
  readonly state?: TaskState;
  readonly limit: number;
  readonly cursor?: string;
  readonly json?: true;
}

/** Prints a page of tasks. */
export async function showTasks({ env, terminal }: CliContext, options: TasksOptions): Promise<void> {
  const { state, limit, cursor } = options;
  const page = await withDeadLetters(env, async ({ queries, cursors }) => {
    const { tasks, next } = await queries.execute(new ListTasks(state, limit, taskStart(cursors, state, cursor)));
    return { tasks: tasks.map(toTaskResponse), next_cursor: taskCursor(cursors, state, next) };
  });
  if (printsJson(options, terminal)) {
    terminal.print(JSON.stringify(page, null, 2));
    return;
  }
  const rows = page.tasks.map((task) => [
    task.id,
    task.created_at,
    task.kind,
    task.state,
    `${String(task.done)} of ${String(task.total)}`,
    task.created_by,
    task.reason ?? '',
  ]);
  if (rows.length > 0) {
    const head = ['id', 'begun', 'kind', 'state', 'done', 'by', 'reason'];
    terminal.printDrawn(await drawTable({ head, rows }, terminal));
  }
  const more = page.next_cursor === null ? '' : `; more: --cursor ${page.next_cursor}`;
  terminal.print(rows.length === 0 ? 'no tasks' : `${String(rows.length)} tasks${more}`);
}

/** Prints one task. */
export async function showTask({ env, terminal }: CliContext, id: string, options: { readonly json?: true }): Promise<void> {
  const task = await withDeadLetters(env, async ({ queries }) => toTaskResponse(await queries.execute(new GetTask(id))));
  printTask(task, options, terminal);
}
