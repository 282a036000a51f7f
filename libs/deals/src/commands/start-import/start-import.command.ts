import type { Actor } from '#zakops/kernel';
import { Command } from '@nestjs/cqrs';
import type { CheckedRow } from '../../transfer/import-row.js';
import type { ImportView } from '../../transfer/import.view.js';

/** Note an import; the worker carries it out. */
export class StartImport extends Command<ImportView> {
  constructor(
    readonly rows: readonly CheckedRow[],
    /** True to find out only what would happen. */
    readonly isDryRun: boolean,
    /** In whose name deals are changed. */
    readonly actor: Actor,
    /** The name that moves and answers show. */
    readonly createdBy: string,
  ) {
    super();
  }
}
