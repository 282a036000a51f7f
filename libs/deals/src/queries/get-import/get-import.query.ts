import { Query } from '@nestjs/cqrs';
import type { ImportView } from '../../transfer/import.view.js';

/** An import, and how far it is; fails with ImportNotFoundError. */
export class GetImport extends Query<ImportView> {
  constructor(readonly importId: string) {
    super();
  }
}
