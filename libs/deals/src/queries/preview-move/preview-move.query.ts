import type { AcceptedVersions } from '#zakops/kernel';
import { Query } from '@nestjs/cqrs';
import type { Outcome } from '../../domain/deal.js';
import type { MoveBlocker } from '../../domain/move-guard.js';

/** What a move would do. */
export interface MovePreview {
  readonly dealId: string;
  readonly fromStage: string;
  readonly toStage: string;
  readonly allowed: boolean;
  readonly blockers: readonly MoveBlocker[];
  /** The types of the events that would go out. */
  readonly events: readonly string[];
  /** What would end with the move: `snooze`. */
  readonly cancels: readonly string[];
}

/** What a move to another stage would do; changes nothing. */
export class PreviewMove extends Query<MovePreview> {
  constructor(
    readonly dealId: string,
    readonly newStage: string,
    readonly outcome: Outcome | null,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
