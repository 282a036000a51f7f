import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** Put a deal away; gives the deal after it. */
export class ArchiveDeal extends Command<DealSnapshot> {
  constructor(
    readonly dealId: string,
    readonly archivedBy: string,
    readonly reason: string | null,
    /** The versions on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
    /** The person for whom the caller says it acts; only a note, because the caller acts. */
    readonly onBehalfNote?: string,
  ) {
    super();
  }
}
