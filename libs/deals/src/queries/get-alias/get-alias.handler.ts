import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealTrailReader } from '../../persistence/deal-trail-reader.js';
import type { AliasView } from '../list-aliases/alias.view.js';
import { GetAlias } from './get-alias.query.js';

@QueryHandler(GetAlias)
export class GetAliasHandler implements IQueryHandler<GetAlias> {
  constructor(private readonly trail: DealTrailReader) {}

  async execute({ dealId, aliasId }: GetAlias): Promise<AliasView> {
    return this.trail.alias(dealId, aliasId);
  }
}
