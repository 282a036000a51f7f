import type { SessionEnding, SessionEndReason } from '#zakops/auth';
import { currentProvenance } from '#zakops/observability';

/** The end of a session by the actor of the current call. */
export function endingBy(reason: SessionEndReason): SessionEnding {
  const { actor } = currentProvenance();
  return { by: `${actor.type}:${actor.id}`, reason };
}
