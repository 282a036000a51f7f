import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import type { FailureGroupPage } from '../../failure-group.view.js';
import { FailureGroupReader } from '../../persistence/failure-group.reader.js';
import { ListFailureGroups } from './list-failure-groups.query.js';

@QueryHandler(ListFailureGroups)
export class ListFailureGroupsHandler implements IQueryHandler<ListFailureGroups> {
  constructor(private readonly reader: FailureGroupReader) {}

  async execute({ filter, limit, after }: ListFailureGroups): Promise<FailureGroupPage> {
    return this.reader.list(filter, limit, after);
  }
}
