import { Command } from '@nestjs/cqrs';
import type { ImportView } from '../../transfer/import.view.js';

/** Stop an import: what is imported stays, the rest is left. Gives the import; one that has ended stays as it is. */
export class CancelImport extends Command<ImportView> {
  constructor(readonly importId: string) {
    super();
  }
}
