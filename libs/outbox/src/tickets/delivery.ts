import type { PublishedEvent } from '../log/event-log.js';

/** One event that is given to a consumer. */
export interface Delivery {
  readonly event: PublishedEvent;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** True when an earlier event of this aggregate is dead for this consumer and was skipped. */
  readonly gap: boolean;
  /**
   * True when an operator replays history. The event was delivered before, or is from before the consumer began, and comes after younger
   * events of its aggregate. Absent otherwise.
   */
  readonly replayed?: true;
}
