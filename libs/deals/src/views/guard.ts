import type { MoveGuard } from '../domain/move-guard.js';

/** A guard as administrators see it. */
export interface GuardView extends MoveGuard {
  readonly enabled: boolean;
  readonly version: number;
  readonly updatedAt: Date;
}

/** What a guard says, in the names of the wire: what the audit log keeps of it. */
export function guardToWireNames(guard: Omit<GuardView, 'id' | 'version' | 'updatedAt'>): Readonly<Record<string, unknown>> {
  const { fromStage, toStage, rule, fields, message, enabled } = guard;
  return { from_stage: fromStage, to_stage: toStage, rule, fields, message, enabled };
}
