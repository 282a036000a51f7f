/** One thing that a person or a key did. Secrets never belong in it; members with telling names are redacted all the same. */
export interface AuditEntry {
  /** The id of the event that tells the same to others, if there is one: the entry takes it for its own. By default a new one. */
  readonly id?: string;
  /** Stable, `<resource>.<past verb>`, for example `deal.updated` or `session.ended`. */
  readonly action: string;
  /** What kind of thing it was done to, for example `deal`. */
  readonly resourceType: string;
  /** Which one. */
  readonly resourceId: string;
  /** The fields that changed as they were; null when it did not exist. */
  readonly before?: Readonly<Record<string, unknown>> | null;
  /** The same fields as they are now; null when it is gone. */
  readonly after?: Readonly<Record<string, unknown>> | null;
  /** Whatever else explains it: a reason, a filter, a count. */
  readonly details?: Readonly<Record<string, unknown>>;
}
