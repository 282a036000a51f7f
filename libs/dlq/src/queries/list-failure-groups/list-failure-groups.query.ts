import type { DeadLetterFilter } from '#zakops/outbox';
import { Query } from '@nestjs/cqrs';
import type { FailureGroupKey, FailureGroupPage } from '../../failure-group.view.js';

/** Dead letters grouped by fingerprint, most dead letters first; groups of the same number by falling fingerprint. */
export class ListFailureGroups extends Query<FailureGroupPage> {
  constructor(
    readonly filter: DeadLetterFilter,
    readonly limit: number,
    readonly after: FailureGroupKey | undefined,
  ) {
    super();
  }
}
