/** A part of a section, and the key behind which the next part begins; null at the end. */
export interface CaseFilePage<K> {
  /** As they are sent. */
  readonly items: readonly object[];
  readonly next: K | null;
}

/**
 * Gives one list of the case file of a deal. A provider of any module is one when it is marked with `@ContributesCaseFile`.
 *
 * @remarks A page is bounded, in items and in bytes, so that a long case file takes no more memory than a short one.
 */
export interface CaseFileSection<K = unknown> {
  /** @param after - the key of the page before; undefined begins at the first item */
  page(dealId: string, after: K | undefined): Promise<CaseFilePage<K>>;
}
