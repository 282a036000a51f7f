/** A part of a list, and the sort key after which the next part begins; null at the end. */
export interface Page<T, K> {
  readonly items: readonly T[];
  readonly next: K | null;
}
