/** A head of the chain as it leaves the database: whoever holds it can tell later whether the chain still leads to it. */
export interface Anchor {
  readonly position: number;
  /** Hexadecimal. */
  readonly hash: string;
  /** When it was sent, by the clock of the database; ISO 8601, UTC. */
  readonly at: string;
}

/** One attempt to send a head out. */
export interface AnchorReport extends Anchor {
  /** Where it was sent: `log`, `file`, `webhook`. */
  readonly targets: readonly string[];
  /** The targets that did not take it, and why. Sent again when the next one is due. */
  readonly failures: Readonly<Record<string, string>>;
}
