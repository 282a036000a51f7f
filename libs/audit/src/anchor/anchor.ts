/** A head of the chain outside of the database. It shows later whether the chain was rewritten. */
export interface Anchor {
  readonly position: number;
  /** Hexadecimal. */
  readonly hash: string;
  /** When it was sent, by the clock of the database; ISO 8601, UTC. */
  readonly at: string;
}

/** The result of sending an anchor. */
export interface AnchorReport extends Anchor {
  /** Where it was sent: `log`, `file`, `webhook`. */
  readonly targets: readonly string[];
  /** The targets that failed, and why. The anchor is sent again when the next one is due. */
  readonly failures: Readonly<Record<string, string>>;
}
