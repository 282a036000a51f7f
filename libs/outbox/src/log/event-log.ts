import type { StoredEvent } from '#zakops/contracts';

/** A published event: its position is known. */
export interface PublishedEvent extends StoredEvent {
  readonly position: number;
}

/** Where the log ends, and which log it is. */
export interface LogHead {
  /** The last position given; 0 for an empty log. */
  readonly position: number;
  /** Names this log; positions of another epoch mean nothing here. */
  readonly epoch: string;
}

/** How much one read may bring. */
export interface ReadLimits {
  /** 1 to 5,000. */
  readonly maxEvents: number;
  /** Of payload, as JSON text; the event that reaches it is the last. */
  readonly maxBytes: number;
}

/** Stops a {@link EventLog.follow}. Resolves when no listener runs any more. */
export type StopFollowing = () => Promise<void>;

/**
 * The log of published events: positions 1, 2, 3 ... without a gap, never changed.
 *
 * @remarks Positions are whole numbers below 2^53.
 */
export abstract class EventLog {
  /** Where the log ends now. Cheap, also while another session holds an old snapshot. */
  abstract head(): Promise<LogHead>;

  /**
   * Reads events after a position, in order and without a gap.
   *
   * @returns at least one event when there is one; fewer than `maxEvents` also when they have reached `maxBytes`, so only an empty answer
   * says that the log ends here
   */
  abstract read(afterPosition: number, limits: ReadLimits): Promise<readonly PublishedEvent[]>;

  /**
   * Hands over every event after a position, in order, in batches of bounded bytes, as it is published.
   *
   * @remarks A batch is handed over when the one before is done. Errors of the database are waited out.
   */
  abstract follow(afterPosition: number, onBatch: (events: readonly PublishedEvent[]) => void | Promise<void>): StopFollowing;
}
