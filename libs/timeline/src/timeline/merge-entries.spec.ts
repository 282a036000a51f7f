import fc from 'fast-check';
import { mergeEntries, placeOfType } from './merge-entries.js';
import type { TimelineEntry, TimelinePlace, TypedPage } from './merge-entries.js';
import { TIMELINE_TYPES } from './timeline-source.js';
import type { SourcePage, SourcePlace, TimelineType } from './timeline-source.js';

const at = (n: number): string => `2026-01-31T12:00:00.00000${String(n)}Z`;
const rank = (type: TimelineType): number => TIMELINE_TYPES.indexOf(type);

/** A source that behaves as a table with an index on instant and id. */
function pageOf(all: readonly TimelineEntry[], before: SourcePlace | undefined, limit: number): SourcePage {
  const left = all.filter(({ timestamp, id }) => {
    if (before === undefined || timestamp < before.at) return true;
    if (timestamp > before.at || before.atInstant === 'none') return false;
    return before.atInstant === 'all' || id < before.atInstant.id;
  });
  return { entries: left.slice(0, limit), more: left.length > limit };
}

describe(mergeEntries.name, () => {
  it('shows each entry once and in one order, whatever the instants, the sources, and the lengths of their pages', () => {
    const anEntry = fc.record({ type: fc.constantFrom(...TIMELINE_TYPES), instant: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(
        fc.array(anEntry, { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 1, max: 7 }),
        (given, limit, cut) => {
          const all = given
            .map(({ type, instant }, n): TimelineEntry => ({ type, timestamp: at(instant), id: String(100 + n), data: {} }))
            .sort((a, b) =>
              a.timestamp === b.timestamp ? rank(a.type) - rank(b.type) || (a.id < b.id ? 1 : -1) : a.timestamp < b.timestamp ? 1 : -1,
            );
          const seen: TimelineEntry[] = [];
          let place: TimelinePlace | null | undefined;
          do {
            const after = place;
            const pages = TIMELINE_TYPES.map((type): TypedPage => {
              const own = all.filter((entry) => entry.type === type);
              // A source may give less than it was asked for.
              return {
                type,
                ...pageOf(own, after === undefined || after === null ? undefined : placeOfType(type, after), Math.min(limit, cut)),
              };
            });
            const page = mergeEntries(pages, limit);
            expect(page.entries.length).toBeLessThanOrEqual(limit);
            seen.push(...page.entries);
            place = page.next;
          } while (place !== null);
          expect(seen).toEqual(all);
        },
      ),
    );
  });
});
