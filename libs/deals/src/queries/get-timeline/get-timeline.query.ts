import type { TimelinePage, TimelineStart, TimelineType } from '#zakops/timeline';
import { Query } from '@nestjs/cqrs';

/** A page of a timeline, and how many entries the timeline has. */
export interface TimelineView extends TimelinePage {
  readonly totalAvailable: number;
}

/** What happened to a deal, from all sources in one order, newest first. Fails with DealNotFoundError. */
export class GetTimeline extends Query<TimelineView> {
  constructor(
    readonly dealId: string,
    /** Only entries of this type; undefined takes all. */
    readonly type: TimelineType | undefined,
    readonly start: TimelineStart,
    readonly limit: number,
  ) {
    super();
  }
}
