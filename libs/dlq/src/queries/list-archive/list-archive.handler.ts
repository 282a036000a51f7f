import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { ArchivePage } from '../../archive/archived-dead-letter.js';
import { ArchiveReader } from '../../archive/archive.reader.js';
import { ListArchive } from './list-archive.query.js';

@QueryHandler(ListArchive)
export class ListArchiveHandler implements IQueryHandler<ListArchive> {
  constructor(private readonly reader: ArchiveReader) {}

  async execute({ filter, limit, after }: ListArchive): Promise<ArchivePage> {
    return this.reader.list(filter, limit, after);
  }
}
