import type { ListeningSession } from '#zakops/database';
import type { OPS_CHANNEL } from '#zakops/figures';

/** Committed events wait to be published. */
export const OUTBOX_CHANNEL = 'zakops_outbox';

/** The log has grown; the payload is its last position. */
export const LOG_CHANNEL = 'zakops_log';

/** Tickets of consumers were changed by an operator. */
export const TICKETS_CHANNEL = 'zakops_tickets';

/** A channel that processes listen on. */
export type WakeChannel = typeof OUTBOX_CHANNEL | typeof LOG_CHANNEL | typeof TICKETS_CHANNEL | typeof OPS_CHANNEL;

/** How a process learns of new work at the moment: by notices, or only by looking. */
export type WakeMode = 'listen' | 'poll';

/**
 * Wakes readers when there may be something new.
 *
 * @remarks A hint, never a guarantee: it may come late, twice or not at all, so every reader also looks at an interval. After a
 * lost connection all listeners are woken once, because what came meanwhile is unknown.
 */
export abstract class WakeSignal {
  /** What works now. */
  abstract get mode(): WakeMode;

  /** The connection on which notices are heard; undefined while there is none. */
  abstract get session(): ListeningSession | undefined;

  /**
   * Calls `listener` at every notice of a channel, with its payload; after a lost connection with an empty one.
   *
   * @returns a function that ends it
   */
  abstract on(channel: WakeChannel, listener: (payload: string) => void): () => void;
}
