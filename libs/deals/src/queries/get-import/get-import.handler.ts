import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ImportStore } from '../../transfer/import.store.js';
import type { ImportView } from '../../transfer/import.view.js';
import { GetImport } from './get-import.query.js';

@QueryHandler(GetImport)
export class GetImportHandler implements IQueryHandler<GetImport> {
  constructor(private readonly imports: ImportStore) {}

  async execute(query: GetImport): Promise<ImportView> {
    return this.imports.get(query.importId);
  }
}
