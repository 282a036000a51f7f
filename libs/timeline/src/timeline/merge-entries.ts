import { TIMELINE_TYPES } from './timeline-source.js';
import type { SourceEntry, SourcePage, SourcePlace, TimelineType } from './timeline-source.js';

/** An entry of the merged timeline. */
export interface TimelineEntry extends SourceEntry {
  readonly type: TimelineType;
}

/** Behind which entry a timeline goes on. */
export interface TimelinePlace {
  readonly at: string;
  readonly type: TimelineType;
  readonly id: string;
}

/** A part of the merged timeline, and where the next part begins; null at the end. */
export interface TimelinePage {
  readonly entries: readonly TimelineEntry[];
  readonly next: TimelinePlace | null;
}

/** What a source gave for its type. */
export interface TypedPage extends SourcePage {
  readonly type: TimelineType;
}

/** Where the source of a type goes on behind an entry of the merged order: newest first, then by type, then by falling id. */
export function placeOfType(type: TimelineType, { at, type: shown, id }: TimelinePlace): SourcePlace {
  if (type === shown) return { at, atInstant: { id } };
  return { at, atInstant: rank(type) > rank(shown) ? 'all' : 'none' };
}

/**
 * Merges pages of several sources to one page.
 *
 * @remarks It ends early where a source has given all that it read and has more: what follows there may be newer than the next entry of
 * another source.
 */
export function mergeEntries(pages: readonly TypedPage[], limit: number): TimelinePage {
  const queues = pages.map((page) => ({ ...page, taken: 0 }));
  const entries: TimelineEntry[] = [];
  while (entries.length < limit && !queues.some(({ more, taken, entries: read }) => more && taken === read.length)) {
    let first: { queue: (typeof queues)[number]; entry: TimelineEntry } | undefined;
    for (const queue of queues) {
      const read = queue.entries[queue.taken];
      if (read === undefined) continue;
      const entry = { ...read, type: queue.type };
      if (first === undefined || comesBefore(entry, first.entry)) first = { queue, entry };
    }
    if (first === undefined) break;
    first.queue.taken += 1;
    entries.push(first.entry);
  }
  const last = entries.at(-1);
  const isMore = queues.some(({ more, taken, entries: read }) => more || taken < read.length);
  return { entries, next: isMore && last !== undefined ? { at: last.timestamp, type: last.type, id: last.id } : null };
}

function comesBefore(one: TimelineEntry, other: TimelineEntry): boolean {
  if (one.timestamp !== other.timestamp) return one.timestamp > other.timestamp;
  return rank(one.type) < rank(other.type);
}

function rank(type: TimelineType): number {
  return TIMELINE_TYPES.indexOf(type);
}
