import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal-reader.js';
import { DealTrailReader } from '../../persistence/deal-trail-reader.js';
import type { AliasView } from '../list-aliases/alias.view.js';
import { GetAlias } from './get-alias.query.js';

@QueryHandler(GetAlias)
export class GetAliasHandler implements IQueryHandler<GetAlias> {
  constructor(
    private readonly deals: DealReader,
    private readonly trail: DealTrailReader,
  ) {}

  async execute({ dealId, aliasId }: GetAlias): Promise<AliasView> {
    await this.deals.stageOf(dealId);
    return this.trail.alias(dealId, aliasId);
  }
}
