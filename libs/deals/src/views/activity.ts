/** One thing that happened to a deal. */
export interface ActivityView {
  /** The id of the event. */
  readonly id: string;
  readonly dealId: string;
  /** Dotted, for example `deal.stage_changed`. */
  readonly eventType: string;
  readonly source: string;
  readonly actor: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** True when the event before this one could not be delivered and is missing here. */
  readonly afterGap: boolean;
  readonly createdAt: Date;
}

/** The sort key of an entry: the number of the event within its deal. */
export interface ActivityKey {
  readonly seq: string;
}
