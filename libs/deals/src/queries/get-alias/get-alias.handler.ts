import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal-reader.js';
import { DealTrailReader } from '../../persistence/deal-trail-reader.js';
import { GetAlias } from './get-alias.query.js';
import type { AliasOfDeal } from './get-alias.query.js';

@QueryHandler(GetAlias)
export class GetAliasHandler implements IQueryHandler<GetAlias> {
  constructor(
    private readonly deals: DealReader,
    private readonly trail: DealTrailReader,
  ) {}

  async execute({ dealId, aliasId }: GetAlias): Promise<AliasOfDeal> {
    const { version } = await this.deals.get(dealId);
    return { alias: await this.trail.alias(dealId, aliasId), dealVersion: version };
  }
}
