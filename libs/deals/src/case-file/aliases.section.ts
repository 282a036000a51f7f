import { ContributesCaseFile } from '#zakops/timeline';
import type { CaseFilePage, CaseFileSection } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { toAliasResponse } from '../http/dto/alias.response.js';
import { DealPartsReader } from '../persistence/deal-parts.reader.js';
import type { AliasKey } from '../views/alias.js';
import { SECTION_ROWS } from './section-rows.js';

/** The other names of the deal. */
@Injectable()
@ContributesCaseFile({ name: 'aliases', order: 10 })
export class AliasesSection implements CaseFileSection<AliasKey> {
  constructor(private readonly parts: DealPartsReader) {}

  async page(dealId: string, after: AliasKey | undefined): Promise<CaseFilePage<AliasKey>> {
    const { items, next } = await this.parts.aliases(dealId, SECTION_ROWS, after);
    return { items: items.map(toAliasResponse), next };
  }
}
