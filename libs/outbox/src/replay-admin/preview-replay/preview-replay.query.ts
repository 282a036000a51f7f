import { Query } from '@nestjs/cqrs';
import type { ReplayPreview, ReplayRange } from '../../replay/replay.js';

/** What a replay would deliver. Fails with ReplayConsumerNotFoundError. */
export class PreviewReplay extends Query<ReplayPreview> {
  constructor(
    readonly consumer: string,
    readonly range: ReplayRange,
  ) {
    super();
  }
}
