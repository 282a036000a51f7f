import type { AcceptedVersions } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { DealSnapshot } from '../../domain/deal-snapshot.js';

/** Merge a deal into another one, which goes on in its place; gives the one that goes on. */
export class MergeDeal extends Command<DealSnapshot> {
  constructor(
    readonly dealId: string,
    /** The deal that goes on. */
    readonly survivorId: string,
    readonly mergedBy: string,
    readonly reason: string | null,
    /** The versions of the deal that ends on which the caller bases its change; undefined when it does not care. */
    readonly acceptedVersions: AcceptedVersions | undefined,
  ) {
    super();
  }
}
