import type { PublishedEvent } from '../log/event-log.js';

/** One event that is given to a consumer. */
export interface Delivery {
  readonly event: PublishedEvent;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** True when an earlier event of this aggregate is dead for this consumer and was skipped. */
  readonly gap: boolean;
  /** The id of the corrected event that the consumer gets in the place of this one; its payload is in `event` already. */
  readonly correctedAs?: string;
  /**
   * True when an operator replays history. The event was delivered before, or is from before the consumer began, and comes after younger
   * events of its aggregate. Absent otherwise.
   */
  readonly replayed?: true;
}

/** The delivery as its handler gets it: a corrected event has an id of its own, and the original as its cause. */
export function toGiven(delivery: Delivery): Delivery {
  const { event, correctedAs } = delivery;
  return correctedAs === undefined ? delivery : { ...delivery, event: { ...event, id: correctedAs, causationId: event.id } };
}
