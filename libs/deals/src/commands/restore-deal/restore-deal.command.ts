import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** Bring an archived deal back; gives the deal after it. */
export class RestoreDeal extends Command<DealSnapshot> {
  constructor(
    readonly dealId: string,
    readonly restoredBy: string,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
