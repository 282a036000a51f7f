import type { FailingLoopResponse } from '#zakops/health';
import type { LeaderStatus } from '../stats/leader-status.js';

/** The members of the answer as a plain object, which the component health and the doctor take for a record of figures. */
type FailingLoopMembers = Pick<FailingLoopResponse, keyof FailingLoopResponse>;

/** From a loop that fails to its form on the wire. */
export function toFailingLoopResponse({ loop, since, failures, error, processId }: LeaderStatus['failing'][number]): FailingLoopMembers {
  return { loop, since: since.toISOString(), failures, error, process: processId };
}
