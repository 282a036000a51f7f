import type { PublishedEvent } from '../log/event-log.js';

/** How a runner brings events to its consumer: inside a transaction, or while it waits for something else. */
export interface Deliverer {
  /**
   * Delivers events that follow the cursor without a gap, and moves the cursor over what is done.
   *
   * @throws CursorMovedError, CursorLostError, DeliveryInterruptedError, DatabaseUnavailableError when it failed for a reason that is not
   * the handler's; what was not committed comes again
   */
  deliver(events: readonly PublishedEvent[]): Promise<void>;

  /**
   * Delivers the due tickets that come first.
   *
   * @param limit - tickets, at least 1
   * @returns how many were tried; 0 when none is due
   */
  deliverTickets(limit: number): Promise<number>;
}
