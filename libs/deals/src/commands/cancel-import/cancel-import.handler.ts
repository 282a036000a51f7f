import { AuditLog } from '#zakops/audit';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ImportStore } from '../../transfer/import.store.js';
import type { ImportView } from '../../transfer/import.view.js';
import { CancelImport } from './cancel-import.command.js';

@CommandHandler(CancelImport)
export class CancelImportHandler implements ICommandHandler<CancelImport> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly imports: ImportStore,
    private readonly audit: AuditLog,
  ) {}

  async execute({ importId }: CancelImport): Promise<ImportView> {
    return this.unitOfWork.run(async (tx) => {
      const { state } = await this.imports.lock(tx, importId);
      if (state !== 'queued' && state !== 'running') return this.imports.getIn(tx, importId);
      await this.imports.cancel(tx, importId);
      this.audit.record(tx, {
        id: uuidV7(),
        action: 'deal_import.cancelled',
        resourceType: 'deal_import',
        resourceId: importId,
        before: { state },
        after: { state: 'cancelled' },
      });
      return this.imports.getIn(tx, importId);
    });
  }
}
