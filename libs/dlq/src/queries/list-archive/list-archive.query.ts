import { Query } from '@nestjs/cqrs';
import type { ArchiveFilter, ArchiveKey, ArchivePage } from '../../archive/archived-dead-letter.js';

/** Discarded dead letters that can be restored, last discarded first. */
export class ListArchive extends Query<ArchivePage> {
  constructor(
    readonly filter: ArchiveFilter,
    readonly limit: number,
    readonly after: ArchiveKey | undefined,
  ) {
    super();
  }
}
