import type { MoveGuard } from '../domain/move-guard.js';

/** A guard as administrators see it. */
export interface GuardView extends MoveGuard {
  readonly enabled: boolean;
  readonly version: number;
  readonly updatedAt: Date;
}
