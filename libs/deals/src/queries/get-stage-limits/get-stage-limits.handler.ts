import { UnitOfWork } from '#zakops/database';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { StageLimitStore } from '../../persistence/stage-limit.store.js';
import type { StageLimits } from '../../views/stage-limits.js';
import { GetStageLimits } from './get-stage-limits.query.js';

@QueryHandler(GetStageLimits)
export class GetStageLimitsHandler implements IQueryHandler<GetStageLimits> {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly limits: StageLimitStore,
  ) {}

  async execute(): Promise<StageLimits> {
    return this.unitOfWork.runReading((tx) => this.limits.read(tx));
  }
}
