import { ContributesCaseFile } from '#zakops/timeline';
import type { CaseFilePage, CaseFileSection } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { DealLinksReader } from '../persistence/deal-links.reader.js';
import type { LinkKey } from '../persistence/deal-links.reader.js';
import { SECTION_ROWS } from './section-rows.js';

/** The actions of the deal. */
@Injectable()
@ContributesCaseFile({ name: 'actions', order: 60 })
export class ActionsSection implements CaseFileSection<LinkKey> {
  constructor(private readonly links: DealLinksReader) {}

  async page(dealId: string, after: LinkKey | undefined): Promise<CaseFilePage<LinkKey>> {
    return this.links.actions(dealId, SECTION_ROWS, after);
  }
}
