/** The sort key of an alias. */
export interface AliasKey {
  readonly confidence: string;
  readonly id: string;
}
