import { Query } from '@nestjs/cqrs';

/** An export: its lines in batches, each with its line break. The export is recorded before the first. */
export class ExportAuditChain extends Query<AsyncIterable<string>> {
  /** @param from - the first position */
  constructor(readonly from: number) {
    super();
  }
}
