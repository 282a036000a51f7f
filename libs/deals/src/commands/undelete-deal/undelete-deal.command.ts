import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** Bring a deleted deal back; gives the deal after it. */
export class UndeleteDeal extends Command<DealSnapshot> {
  constructor(
    readonly dealId: string,
    readonly undeletedBy: string,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
