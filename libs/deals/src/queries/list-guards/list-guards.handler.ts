import { UnitOfWork } from '#zakops/database';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { GuardStore } from '../../persistence/guard.store.js';
import type { GuardView } from '../../views/guard.js';
import { ListGuards } from './list-guards.query.js';

@QueryHandler(ListGuards)
export class ListGuardsHandler implements IQueryHandler<ListGuards> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly guards: GuardStore,
  ) {}

  async execute(): Promise<readonly GuardView[]> {
    return this.unitOfWork.runReading((tx) => this.guards.list(tx));
  }
}
