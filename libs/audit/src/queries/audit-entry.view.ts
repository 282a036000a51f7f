/** An entry with its link. */
export interface AuditEntryView {
  readonly id: string;
  /** ISO 8601, UTC, with microseconds. */
  readonly occurredAt: string;
  readonly actorType: string;
  readonly actorId: string;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly method: string | null;
  readonly path: string | null;
  readonly traceId: string | null;
  /** Null until the entry is chained, about a second after its commit. */
  readonly position: number | null;
  /** Hexadecimal; null until the entry is chained. */
  readonly hash: string | null;
}

/** Filters of the list. Texts must match as a whole. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly resourceType?: string | undefined;
  readonly resourceId?: string | undefined;
  /** ISO 8601; entries of this instant or later. */
  readonly since?: string | undefined;
  /** ISO 8601; entries before this instant. */
  readonly until?: string | undefined;
}

/** A page of the list. */
export interface AuditPage {
  readonly entries: readonly AuditEntryView[];
  /** The id after which the next page begins; null on the last page. */
  readonly next: string | null;
}
