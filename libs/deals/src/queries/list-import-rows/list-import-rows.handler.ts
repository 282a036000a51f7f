import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { ImportStore } from '../../transfer/import.store.js';
import type { ImportRowView } from '../../transfer/import.view.js';
import { ListImportRows } from './list-import-rows.query.js';

@QueryHandler(ListImportRows)
export class ListImportRowsHandler implements IQueryHandler<ListImportRows> {
  constructor(private readonly imports: ImportStore) {}

  async execute(query: ListImportRows): Promise<readonly ImportRowView[]> {
    await this.imports.get(query.importId);
    return this.imports.rows(query.importId, query.state, query.limit, query.after);
  }
}
