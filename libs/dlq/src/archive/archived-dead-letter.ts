/** A dead letter that an operator has discarded, or that was resubmitted with a corrected payload. */
export interface ArchivedDeadLetter {
  readonly id: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly consumer: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly correlationId: string;
  readonly reasonCode: string | null;
  readonly lastError: string | null;
  readonly fingerprint: string | null;
  readonly failedAt: Date;
  readonly archivedAt: Date;
  readonly archivedBy: string;
  readonly reason: string | null;
  /** The task that discarded it; null for one alone. */
  readonly taskId: string | null;
  /** The corrected event that its consumer got instead; null when it was discarded. */
  readonly resubmittedAs: string | null;
  /** When retention removes it; null when it is kept. */
  readonly expiresAt: Date | null;
}

/** Narrows the archive. */
export interface ArchiveFilter {
  readonly taskId?: string | undefined;
  readonly consumer?: string | undefined;
  readonly eventType?: string | undefined;
  readonly aggregateId?: string | undefined;
}

/** The order of the archive. */
export interface ArchiveKey {
  /** ISO 8601 with microseconds. */
  readonly archivedAt: string;
  readonly id: string;
}

/** A part of the archive. */
export interface ArchivePage {
  readonly entries: readonly ArchivedDeadLetter[];
  readonly next: ArchiveKey | null;
}
