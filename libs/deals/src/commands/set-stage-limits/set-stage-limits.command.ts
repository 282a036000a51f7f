import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { StageLimits } from '../../views/stage-limits.js';

/** Set the days after which deals in some stages are stuck; the other stages keep theirs. */
export class SetStageLimits extends Command<StageLimits> {
  constructor(
    readonly days: Readonly<Record<string, number>>,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
