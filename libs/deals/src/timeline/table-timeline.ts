import type { Database, Statement } from '#zakops/database';
import type { SourceEntry, SourcePage, SourcePlace, TimelineSource } from '#zakops/timeline';

/** A row of a source: its key, its instant, and the members of its data. */
type SourceRow = Readonly<Record<string, unknown>> & { readonly entry_id: string; readonly entry_at: string };

/** What reads one table: a page with `$1` as the deal and `$2` as the limit, and the count of a deal. */
interface TableStatements {
  readonly page: (before: SourcePlace | undefined) => { readonly statement: Statement; readonly values: readonly unknown[] };
  readonly count: Statement;
}

/** Entries that are rows of one table, each small enough that 200 of them need no limit of bytes. */
export abstract class TableTimeline implements TimelineSource {
  protected constructor(
    private readonly database: Database,
    private readonly statements: TableStatements,
  ) {}

  async page(dealId: string, before: SourcePlace | undefined, limit: number): Promise<SourcePage> {
    const { statement, values } = this.statements.page(before);
    // One more than asked for tells whether entries follow.
    const rows = await this.database.query<SourceRow>(statement, [dealId, limit + 1, ...values]);
    return { entries: rows.slice(0, limit).map(toEntry), more: rows.length > limit };
  }

  async count(dealId: string): Promise<number> {
    const [row] = await this.database.query<{ n: number }>(this.statements.count, [dealId]);
    return row?.n ?? 0;
  }
}

function toEntry({ entry_id: id, entry_at: timestamp, ...data }: SourceRow): SourceEntry {
  return { id, timestamp, data };
}
