import { ContributesCaseFile } from '#zakops/timeline';
import type { CaseFilePage, CaseFileSection } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { toStageMoveItem } from '../http/dto/stage-history.response.js';
import { DealPartsReader } from '../persistence/deal-parts.reader.js';
import type { StageMoveKey } from '../views/stage-move.js';
import { SECTION_ROWS } from './section-rows.js';

/** The moves of the deal. */
@Injectable()
@ContributesCaseFile({ name: 'stage_history', order: 40 })
export class StageHistorySection implements CaseFileSection<StageMoveKey> {
  constructor(private readonly parts: DealPartsReader) {}

  async page(dealId: string, after: StageMoveKey | undefined): Promise<CaseFilePage<StageMoveKey>> {
    const { items, next } = await this.parts.moves(dealId, SECTION_ROWS, after);
    return { items: items.map(toStageMoveItem), next };
  }
}
