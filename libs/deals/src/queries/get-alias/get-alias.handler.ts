import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import { DealPartsReader } from '../../persistence/deal-parts.reader.js';
import { GetAlias } from './get-alias.query.js';
import type { AliasOfDeal } from './get-alias.query.js';

@QueryHandler(GetAlias)
export class GetAliasHandler implements IQueryHandler<GetAlias> {
  constructor(
    private readonly deals: DealReader,
    private readonly parts: DealPartsReader,
  ) {}

  async execute({ dealId, aliasId }: GetAlias): Promise<AliasOfDeal> {
    const { version } = await this.deals.get(dealId);
    return { alias: await this.parts.alias(dealId, aliasId), dealVersion: version };
  }
}
