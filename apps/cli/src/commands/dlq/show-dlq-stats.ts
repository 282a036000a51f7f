import { GetDeadLetterStats, toDlqStatsResponse } from '#zakops/dlq';
import type { CliContext } from '../../context/cli-context.js';
import { drawTable } from '../../terminal/table.js';
import type { StatsOptions } from './dead-letter-options.js';
import { toFilter, withDeadLetters } from './open-dead-letters.js';

/** Prints the stats of the dead letters. */
export async function showDlqStats({ env, terminal }: CliContext, options: StatsOptions): Promise<void> {
  const stats = await withDeadLetters(env, async ({ queries, clock }) =>
    toDlqStatsResponse(await queries.execute(new GetDeadLetterStats(await toFilter(options, clock)))),
  );
  if (options.json === true || !terminal.showsTables) {
    terminal.print(JSON.stringify(stats, null, 2));
    return;
  }
  const groups = { 'event type': stats.by_event_type, consumer: stats.by_consumer, reason: stats.by_reason };
  const rows = Object.entries(groups).flatMap(([by, counts]) => Object.entries(counts).map(([what, count]) => [by, what, String(count)]));
  if (rows.length > 0) terminal.printDrawn(await drawTable({ head: ['by', 'what', 'dead letters'], rows, wraps: 1 }, terminal));
  terminal.print(
    stats.oldest_entry === null ? 'no dead letters' : `${String(stats.total_count)} dead letters, the oldest of ${stats.oldest_entry}`,
  );
}
