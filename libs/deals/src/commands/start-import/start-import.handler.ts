import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ImportStore } from '../../transfer/import.store.js';
import type { ImportView } from '../../transfer/import.view.js';
import { StartImport } from './start-import.command.js';

/** Rows that one statement writes. */
const PORTION = 2_000;

@CommandHandler(StartImport)
export class StartImportHandler implements ICommandHandler<StartImport> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly imports: ImportStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ rows, isDryRun, actor, createdBy }: StartImport): Promise<ImportView> {
    return this.unitOfWork.run(async (tx) => {
      const id = uuidV7();
      const added = { id, isDryRun, actorType: actor.type, actorId: actor.id, createdBy, totalRows: rows.length };
      const view = await this.imports.add(tx, added);
      for (let at = 0; at < rows.length; at += PORTION) await this.imports.addRows(tx, id, rows.slice(at, at + PORTION));
      this.audit.record(tx, {
        id: uuidV7(),
        action: 'deal_import.started',
        resourceType: 'deal_import',
        resourceId: id,
        before: null,
        after: { rows: rows.length, dry_run: isDryRun },
      });
      const failed = rows.filter(({ code }) => code !== null).length;
      return { ...view, counts: { waiting: rows.length - failed, ...(failed === 0 ? {} : { failed }) } };
    });
  }
}
