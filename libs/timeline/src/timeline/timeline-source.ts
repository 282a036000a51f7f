/** The types of entries, in the order in which entries of the same instant are shown. */
export const TIMELINE_TYPES = ['stage_change', 'action', 'agent_run', 'event', 'note'] as const;

/** One of {@link TIMELINE_TYPES}. */
export type TimelineType = (typeof TIMELINE_TYPES)[number];

/**
 * Where a source goes on: at the entries of an earlier instant than `at`, and of those of that instant at the ones that `atInstant` names.
 * `none`: none of them; `all`: every one; `{ id }`: those with a smaller id.
 */
export interface SourcePlace {
  /** ISO 8601; compared by the database. */
  readonly at: string;
  readonly atInstant: 'none' | 'all' | { readonly id: string };
}

/** An entry, as its source gives it. */
export interface SourceEntry {
  /** Unique within the source; orders entries of one instant. */
  readonly id: string;
  /** UTC with microseconds: see `exactInstant`. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Entries of one source, newest first, those of one instant by falling id. */
export interface SourcePage {
  readonly entries: readonly SourceEntry[];
  /** True when entries follow behind the last one, or may follow. There is a last one then. */
  readonly more: boolean;
}

/** Gives the entries of one type. A provider of any module is one when it is marked with `@ContributesTimeline`. */
export interface TimelineSource {
  /**
   * Reads a page backwards.
   *
   * @param before - where it begins; undefined begins at the newest entry
   * @param limit - the most entries, 1 to 200; fewer when they are large
   */
  page(dealId: string, before: SourcePlace | undefined, limit: number): Promise<SourcePage>;

  /** The number of entries of a deal. */
  count(dealId: string): Promise<number>;
}
