import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { DealAlias, RecordedAlias } from '../../domain/deal-alias.js';

/** The result of {@link AddAlias}. */
export interface AddedAlias {
  readonly alias: RecordedAlias;
  /** Of the deal, after the change. */
  readonly version: number;
}

/** Give a deal another name by which mail about it is recognised. */
export class AddAlias extends Command<AddedAlias> {
  constructor(
    readonly dealId: string,
    readonly alias: Omit<DealAlias, 'id'>,
    /** The versions of the deal on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions?: AcceptedVersions,
  ) {
    super();
  }
}
