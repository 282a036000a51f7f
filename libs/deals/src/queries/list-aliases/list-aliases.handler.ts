import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal-reader.js';
import { DealTrailReader } from '../../persistence/deal-trail-reader.js';
import type { Page } from '../page.js';
import type { AliasView } from './alias.view.js';
import { ListAliases } from './list-aliases.query.js';
import type { AliasKey } from './list-aliases.query.js';

@QueryHandler(ListAliases)
export class ListAliasesHandler implements IQueryHandler<ListAliases> {
  constructor(
    private readonly deals: DealReader,
    private readonly trail: DealTrailReader,
  ) {}

  async execute({ dealId, limit, after }: ListAliases): Promise<Page<AliasView, AliasKey>> {
    await this.deals.stageOf(dealId);
    return this.trail.aliases(dealId, limit, after);
  }
}
