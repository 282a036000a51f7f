import { groupPageStart, ListFailureGroups, nextGroupCursor, toFailureGroupResponse } from '#zakops/dlq';
import type { CliContext } from '../../context/cli-context.js';
import { drawTable } from '../../terminal/table.js';
import type { ListOptions } from './dead-letter-options.js';
import { toFilter, withDeadLetters } from './open-dead-letters.js';

/** Prints a page of failure groups. */
export async function listFailureGroups({ env, terminal }: CliContext, options: Omit<ListOptions, 'summary'>): Promise<void> {
  const { limit, cursor } = options;
  const page = await withDeadLetters(env, async ({ queries, clock, cursors }) => {
    const filter = await toFilter(options, clock);
    const found = await queries.execute(new ListFailureGroups(filter, limit, groupPageStart(cursors, filter, cursor)));
    const groups = found.groups.map(toFailureGroupResponse);
    return {
      groups,
      total: found.total,
      dead_letters: found.deadLetters,
      limit,
      next_cursor: nextGroupCursor(cursors, filter, found.next),
    };
  });
  if (options.json === true || !terminal.showsTables) {
    terminal.print(JSON.stringify(page, null, 2));
    return;
  }
  const rows = page.groups.map((group) => [
    group.fingerprint,
    `${String(group.count)}\n${String(group.trend.at(-1) ?? 0)} in the last hour`,
    String(group.aggregates),
    `${group.first_failed_at}\n${group.last_failed_at}`,
    `${group.consumer}\n${group.event_type}`,
    [group.reason_code ?? 'unknown', group.sql_state, group.message, group.frame].filter((part) => part !== null).join('\n'),
  ]);
  const head = ['fingerprint', 'dead letters', 'deals', 'first and last', 'consumer, event', 'why'];
  if (rows.length > 0) terminal.printDrawn(await drawTable({ head, rows }, terminal));
  const more = page.next_cursor === null ? '' : `; more: --cursor ${page.next_cursor}`;
  terminal.print(
    page.total === 0
      ? 'no dead letters'
      : `${String(rows.length)} of ${String(page.total)} groups of ${String(page.dead_letters)} dead letters${more}`,
  );
}
