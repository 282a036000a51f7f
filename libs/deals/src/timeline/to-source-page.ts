import type { SourceEntry, SourcePage } from '#zakops/timeline';

/** A row of a source: its key, its instant, and the members of its data. */
export type SourceRow = Readonly<Record<string, unknown>> & { readonly entry_id: string; readonly entry_at: string };

/** Makes a page of rows that were read with a limit of one more than asked for. */
export function toSourcePage(rows: readonly SourceRow[], limit: number): SourcePage {
  return { entries: rows.slice(0, limit).map(toEntry), more: rows.length > limit };
}

function toEntry({ entry_id: id, entry_at: timestamp, ...data }: SourceRow): SourceEntry {
  return { id, timestamp, data };
}
