/** An action of a person, a key or the system. It must not hold secrets; members with the name of a secret are redacted anyway. */
export interface AuditEntry {
  /** The id of the event of the same change, if there is one; else a new id. */
  readonly id?: string;
  /** Stable, `<resource>.<past verb>`, for example `deal.updated` or `session.ended`. */
  readonly action: string;
  /** The kind of the resource, for example `deal`. */
  readonly resourceType: string;
  /** The id of the resource. */
  readonly resourceId: string;
  /** The changed fields before; null when the resource did not exist. */
  readonly before?: Readonly<Record<string, unknown>> | null;
  /** The same fields after; null when the resource is gone. */
  readonly after?: Readonly<Record<string, unknown>> | null;
  /** Further information: a reason, a filter, a number. */
  readonly details?: Readonly<Record<string, unknown>>;
}
