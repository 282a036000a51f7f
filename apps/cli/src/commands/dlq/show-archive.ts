import { archiveCursor, archiveStart, ListArchive, toArchivedResponse } from '#zakops/dlq';
import type { CliContext } from '../../context/cli-context.js';
import { drawTable } from '../../terminal/table.js';
import { withDeadLetters } from './open-dead-letters.js';
import { printsJson } from './print-change.js';

/** The options of `dlq archive`. */
export interface ArchiveOptions {
  readonly task?: string;
  readonly consumer?: string;
  readonly type?: string;
  readonly aggregate?: string;
  readonly limit: number;
  readonly cursor?: string;
  readonly json?: true;
}

/** Prints a page of the archive. */
export async function showArchive({ env, terminal }: CliContext, options: ArchiveOptions): Promise<void> {
  const filter = { taskId: options.task, consumer: options.consumer, eventType: options.type, aggregateId: options.aggregate };
  const page = await withDeadLetters(env, async ({ queries, cursors }) => {
    const { entries, next } = await queries.execute(new ListArchive(filter, options.limit, archiveStart(cursors, filter, options.cursor)));
    return { entries: entries.map(toArchivedResponse), next_cursor: archiveCursor(cursors, filter, next) };
  });
  if (printsJson(options, terminal)) {
    terminal.print(JSON.stringify(page, null, 2));
    return;
  }
  const rows = page.entries.map((entry) => [
    entry.id,
    entry.archived_at,
    entry.consumer,
    `${entry.event_type}\n${entry.aggregate_id}`,
    entry.archived_by,
    entry.reason ?? '',
  ]);
  if (rows.length > 0) {
    terminal.printDrawn(await drawTable({ head: ['id', 'discarded at', 'consumer', 'event', 'by', 'reason'], rows }, terminal));
  }
  const more = page.next_cursor === null ? '' : `; more: --cursor ${page.next_cursor}`;
  terminal.print(rows.length === 0 ? 'the archive is empty' : `${String(rows.length)} discarded dead letters${more}`);
}
