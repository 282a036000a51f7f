import { Query } from '@nestjs/cqrs';

/** An export, as batches of lines with line breaks. The export is recorded before its first line. */
export class ExportAuditChain extends Query<AsyncGenerator<string>> {
  /** @param from - the first position */
  constructor(readonly from: number) {
    super();
  }
}
