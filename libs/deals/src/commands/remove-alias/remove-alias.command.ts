import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';

/** The result of {@link RemoveAlias}. */
export interface RemovedAlias {
  /** Of the deal, after it. */
  readonly version: number;
}

/** Take an alias away from a deal. */
export class RemoveAlias extends Command<RemovedAlias> {
  constructor(
    readonly dealId: string,
    readonly aliasId: string,
    /** The versions of the deal on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions?: AcceptedVersions,
  ) {
    super();
  }
}
