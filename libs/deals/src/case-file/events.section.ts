import { ContributesCaseFile } from '#zakops/timeline';
import type { CaseFilePage, CaseFileSection } from '#zakops/timeline';
import { Injectable } from '@nestjs/common';
import { toDealActivityItem } from '../http/dto/deal-activity.response.js';
import { DealPartsReader } from '../persistence/deal-parts.reader.js';
import type { ActivityKey } from '../views/activity.js';
import { SECTION_ROWS } from './section-rows.js';

/** The activity of the deal. */
@Injectable()
@ContributesCaseFile({ name: 'events', order: 50 })
export class EventsSection implements CaseFileSection<ActivityKey> {
  constructor(private readonly parts: DealPartsReader) {}

  async page(dealId: string, after: ActivityKey | undefined): Promise<CaseFilePage<ActivityKey>> {
    const { items, next } = await this.parts.activity(dealId, SECTION_ROWS, after);
    return { items: items.map(toDealActivityItem), next };
  }
}
