import type { FailingLoopResponse } from '#zakops/health';
import type { LeaderStatus } from './leader-status.js';

/** A plain object, because component health and doctor take records of values. */
type FailingLoopMembers = Pick<FailingLoopResponse, keyof FailingLoopResponse>;

/** From a loop that fails to its form on the wire. */
export function toFailingLoopResponse({ loop, since, failures, error, processId }: LeaderStatus['failing'][number]): FailingLoopMembers {
  return { loop, since: since.toISOString(), failures, error, process: processId };
}
