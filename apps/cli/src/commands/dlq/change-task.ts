import { CancelTask, ChangeTaskRate, toTaskResponse, UndoTask } from '#zakops/dlq';
import type { DlqTask } from '#zakops/dlq';
import type { Command } from '@nestjs/cqrs';
import type { CliContext } from '../../context/cli-context.js';
import { withDeadLetters } from './open-dead-letters.js';
import { printTask } from './print-task.js';

/** The options of commands that change one task. */
export interface ChangeTaskOptions {
  readonly reason?: string;
  readonly json?: true;
}

/** Ends a task. */
export function cancelTask(context: CliContext, id: string, options: ChangeTaskOptions): Promise<void> {
  return changeTask(context, new CancelTask(id, options.reason), options);
}

/** Takes a task back. */
export function undoTask(context: CliContext, id: string, options: ChangeTaskOptions): Promise<void> {
  return changeTask(context, new UndoTask(id, options.reason), options);
}

/** Has a task go faster or slower. */
export function changeTaskRate(context: CliContext, id: string, rate: number, options: ChangeTaskOptions): Promise<void> {
  return changeTask(context, new ChangeTaskRate(id, rate), options);
}

async function changeTask({ env, terminal }: CliContext, command: Command<DlqTask>, options: ChangeTaskOptions): Promise<void> {
  const task = await withDeadLetters(env, async ({ commands }) => toTaskResponse(await commands.execute(command)));
  printTask(task, options, terminal);
}
