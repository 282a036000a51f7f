import { Query } from '@nestjs/cqrs';
import type { ImportRowView } from '../../transfer/import.view.js';

/** Rows of an import by line; fails with ImportNotFoundError. */
export class ListImportRows extends Query<readonly ImportRowView[]> {
  constructor(
    readonly importId: string,
    readonly state: string | undefined,
    readonly limit: number,
    /** The line before. */
    readonly after: number,
  ) {
    super();
  }
}
