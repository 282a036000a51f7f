import { PreviewTask, StartTask, toTaskPreviewResponse, toTaskResponse } from '#zakops/dlq';
import type { TaskKind, TaskPreviewResponse } from '#zakops/dlq';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { confirm } from '../../terminal/confirm.js';
import { choosesNothing } from './dead-letter-options.js';
import { toFilter, withDeadLetters } from './open-dead-letters.js';
import { countOf, printsJson } from './print-change.js';
import { printTask } from './print-task.js';
import type { TaskOptions } from './task-options.js';

/** Starts a redrive or a discard as a task of the worker, or shows what it would change. */
export async function startDeadLetterTask({ env, terminal }: CliContext, kind: TaskKind, options: TaskOptions): Promise<void> {
  const { id: ids, all, token, limit = null, rate, reason, maxGrowth } = options;
  if (ids === undefined && all !== true && choosesNothing(options)) {
    throw new CliError('Which ones? Give --id, a filter such as --consumer, or --all.');
  }
  await withDeadLetters(env, async ({ commands, queries, clock, tokens }) => {
    const filter = { ...(await toFilter(options, clock)), ids };
    if (options.dryRun === true) {
      const preview = await queries.execute(new PreviewTask(filter));
      const answer = toTaskPreviewResponse(preview, tokens.write(kind, filter, preview.count, preview.expiresAt));
      if (printsJson(options, terminal)) terminal.print(JSON.stringify(answer, null, 2));
      else terminal.print(describe(kind, answer));
      return;
    }
    if (options.yes !== true) {
      const { count } = await queries.execute(new PreviewTask(filter));
      const which = countOf(limit === null ? count : Math.min(limit, count));
      await confirm(kind === 'redrive' ? `Deliver ${which} again?` : `Discard ${which}?`, terminal);
    }
    const previewed = token === undefined ? undefined : tokens.read(kind, filter, token, maxGrowth);
    const task = await commands.execute(new StartTask(kind, filter, { limit, rate, reason, previewed, mayPurge: true }));
    printTask(toTaskResponse(task), options, terminal);
  });
}

function describe(kind: TaskKind, { count, types, consumers, ages, token, expires_at }: TaskPreviewResponse): string {
  const list = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, n]) => `${name} ${String(n)}`)
      .join(', ');
  const what = kind === 'redrive' ? 'be delivered again' : 'be discarded';
  return [
    `${countOf(count)} would ${what}; nothing was changed`,
    ...(count === 0 ? [] : [`types: ${list(types)}`, `consumers: ${list(consumers)}`, `failed from ${String(ages.oldest_failed_at)} on`]),
    `token, until ${expires_at}: ${token}`,
  ].join('\n');
}
