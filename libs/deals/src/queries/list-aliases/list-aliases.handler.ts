import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { DealReader } from '../../persistence/deal.reader.js';
import { DealPartsReader } from '../../persistence/deal-parts.reader.js';
import type { Page } from '../../views/page.js';
import type { RecordedAlias } from '../../domain/deal-alias.js';
import { ListAliases } from './list-aliases.query.js';
import type { AliasKey } from '../../views/alias.js';

@QueryHandler(ListAliases)
export class ListAliasesHandler implements IQueryHandler<ListAliases> {
  constructor(
    private readonly deals: DealReader,
    private readonly parts: DealPartsReader,
  ) {}

  async execute({ dealId, limit, after }: ListAliases): Promise<Page<RecordedAlias, AliasKey>> {
    await this.deals.stageOf(dealId);
    return this.parts.aliases(dealId, limit, after);
  }
}
