import { Command } from '@nestjs/cqrs';

/** What became of one deal of {@link ArchiveDeals}. */
export interface ArchivedItem {
  readonly dealId: string;
  readonly outcome: 'archived' | 'unchanged' | 'failed';
  /** The problem code; null unless failed. */
  readonly code: string | null;
  readonly detail: string | null;
}

/** Put many deals away, all in one transaction; a deal that cannot be archived does not hold back the others. */
export class ArchiveDeals extends Command<readonly ArchivedItem[]> {
  constructor(
    /** Without repeats. */
    readonly dealIds: readonly string[],
    readonly archivedBy: string,
    readonly reason: string | null,
    /** The person for whom the caller says it acts; only a note, because the caller acts. */
    readonly onBehalfNote?: string,
  ) {
    super();
  }
}
