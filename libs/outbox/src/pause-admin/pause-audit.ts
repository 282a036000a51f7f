import { currentProvenance } from '#zakops/observability';
import type { Pause } from '../pauses/pause.js';

/** The actor of the current call, as pauses name it: `user:ann@example.com`. */
export function actorOfCall(): string {
  const { actor } = currentProvenance();
  return `${actor.type}:${actor.id}`;
}

/** What of a pause changes, for the audit log. */
export function toAuditState({ endsAt, resumedAt }: Pause): Readonly<Record<string, unknown>> {
  return { ends_at: endsAt.toISOString(), resumed_at: resumedAt?.toISOString() ?? null };
}
