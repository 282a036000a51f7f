import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { Outcome } from '../../domain/deal.js';

/** The result of {@link MoveDeal}. */
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
    readonly movedBy: string,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
    /** The person for whom the caller says it acts; only a note, because the caller moves the deal. */
    readonly onBehalfNote?: string,
    /** Why the deal was won or lost. */
    readonly outcome: Outcome | null = null,
  ) {
    super();
  }
}
