import { ListDeadLetters, nextCursor, pageStart, toDeadLetterResponse, toDeadLetterSummaryResponse } from '#zakops/dlq';
import type { CliContext } from '../../context/cli-context.js';
import { drawTable } from '../../terminal/table.js';
import type { ListOptions } from './dead-letter-options.js';
import { toFilter, withDeadLetters } from './open-dead-letters.js';

/** Prints a page of dead letters. */
export async function listDeadLetters({ env, terminal }: CliContext, options: ListOptions): Promise<void> {
  const { limit, cursor } = options;
  const page = await withDeadLetters(env, async ({ queries, clock, cursors, maxAttempts }) => {
    const filter = await toFilter(options, clock);
    const start = pageStart(cursors, filter, cursor, 0);
    // A table shows no payloads.
    const isSummary = options.summary === true || (options.json !== true && terminal.showsTables);
    const { deadLetters, total, next } = await queries.execute(new ListDeadLetters(filter, limit, start, isSummary ? 'summary' : 'all'));
    const toEntry = isSummary ? toDeadLetterSummaryResponse : toDeadLetterResponse;
    const shown = deadLetters.map((deadLetter) => toEntry(deadLetter, maxAttempts));
    return { entries: shown, total, limit, offset: 0, next_cursor: nextCursor(cursors, filter, next) };
  });
  if (options.json === true || !terminal.showsTables) {
    terminal.print(JSON.stringify(page, null, 2));
    return;
  }
  const rows = page.entries.map((entry) => [
    entry.id,
    entry.failed_at,
    entry.consumer,
    `${entry.event_type}\n${entry.aggregate_id}`,
    `${String(entry.attempts)} of ${String(entry.max_attempts)}`,
    [entry.reason_code ?? 'unknown', entry.last_error ?? ''].join(': '),
  ]);
  if (rows.length > 0)
    terminal.printDrawn(await drawTable({ head: ['id', 'failed at', 'consumer', 'event', 'attempts', 'error'], rows }, terminal));
  const more = page.next_cursor === null ? '' : `; more: --cursor ${page.next_cursor}`;
  terminal.print(page.total === 0 ? 'no dead letters' : `${String(rows.length)} of ${String(page.total)} dead letters${more}`);
}
