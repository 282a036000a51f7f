import { ContributionError, contributionsOf } from '#zakops/http';
import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ContributesTimeline } from './contributes-timeline.js';
import { mergeEntries, placeOfType } from './merge-entries.js';
import type { TimelinePage, TimelinePlace } from './merge-entries.js';
import type { SourcePlace, TimelineSource, TimelineType } from './timeline-source.js';

/** Where a page of the timeline begins: behind an entry, or at an instant that is not part of it. */
export type TimelineStart = { readonly after: TimelinePlace } | { readonly before: string } | undefined;

/** Merges what the sources of the timeline know of a deal to one order. */
@Injectable()
export class Timeline implements OnApplicationBootstrap {
  #sources: ReadonlyMap<TimelineType, TimelineSource> | undefined;

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws ContributionError at the start, and not in a call */
  onApplicationBootstrap(): void {
    this.sources();
  }

  /**
   * A page, newest first; entries of one instant by type, then by falling id.
   *
   * @param type - only entries of it; undefined takes all
   * @param limit - 1 to 200; a page of large entries is shorter
   */
  async page(dealId: string, type: TimelineType | undefined, start: TimelineStart, limit: number): Promise<TimelinePage> {
    const pages = await Promise.all(
      this.chosen(type).map(async ([of, source]) => ({ type: of, ...(await source.page(dealId, placeFor(of, start), limit)) })),
    );
    return mergeEntries(pages, limit);
  }

  /** The number of entries of a deal, of one type or of all. */
  async count(dealId: string, type: TimelineType | undefined): Promise<number> {
    const counts = await Promise.all(this.chosen(type).map(([, source]) => source.count(dealId)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  private chosen(type: TimelineType | undefined): readonly (readonly [TimelineType, TimelineSource])[] {
    return [...this.sources()].filter(([of]) => type === undefined || of === type);
  }

  private sources(): ReadonlyMap<TimelineType, TimelineSource> {
    return (this.#sources ??= this.discover());
  }

  private discover(): ReadonlyMap<TimelineType, TimelineSource> {
    const found = new Map<TimelineType, TimelineSource>();
    for (const { options, instance } of contributionsOf(this.discovery, ContributesTimeline)) {
      if (!isSource(instance)) throw new ContributionError(`Timeline source ${options.type}: it has no page and count methods.`);
      if (found.has(options.type)) throw new ContributionError(`Timeline source ${options.type}: the type has a source already.`);
      found.set(options.type, instance);
    }
    return found;
  }
}

function placeFor(type: TimelineType, start: TimelineStart): SourcePlace | undefined {
  if (start === undefined) return undefined;
  return 'after' in start ? placeOfType(type, start.after) : { at: start.before, atInstant: 'none' };
}

function isSource(instance: unknown): instance is TimelineSource {
  return (
    typeof instance === 'object' &&
    instance !== null &&
    'page' in instance &&
    typeof instance.page === 'function' &&
    'count' in instance &&
    typeof instance.count === 'function'
  );
}
