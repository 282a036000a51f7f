import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';

/** What came of {@link MoveDeal}. */
export interface MovedDeal {
  readonly dealId: string;
  readonly fromStage: string;
  readonly toStage: string;
  /** When the deal entered the stage; for a deal that was there already and gave no key, now. */
  readonly movedAt: Date;
  /** True when nothing was changed by this call: the deal was there already, or the key stands for an earlier call. */
  readonly idempotentHit: boolean;
  /** Of the deal, after this call. */
  readonly version: number;
}

/** Move a deal to another stage. */
export class MoveDeal extends Command<MovedDeal> {
  constructor(
    readonly dealId: string,
    readonly newStage: string,
    readonly reason: string | null,
    readonly idempotencyKey: string | undefined,
    readonly transitionedBy: string,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
    /** Whom the caller says it acts for; noted, and never taken for the one who moves the deal. */
    readonly onBehalfNote?: string,
  ) {
    super();
  }
}
