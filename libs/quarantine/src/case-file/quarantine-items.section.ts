import { ContributesCaseFile } from '#zakops/timeline';
import type { CaseFilePage, CaseFileSection } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { toQuarantineItemResponse } from '../http/dto/item.response.js';
import { ItemReader } from '../persistence/item.reader.js';

/** A section brings portions of this many rows. */
const ROWS = 200;

/** The mail that belongs to the deal, oldest first. */
@Injectable()
@ContributesCaseFile({ name: 'quarantine_items', order: 70 })
export class QuarantineItemsSection implements CaseFileSection<string> {
  constructor(private readonly items: ItemReader) {}

  async page(dealId: string, after: string | undefined): Promise<CaseFilePage<string>> {
    const { items, next } = await this.items.ofDeal(dealId, ROWS, after);
    return { items: items.map(toQuarantineItemResponse), next };
  }
}
