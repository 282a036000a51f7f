/** An old way of calling that still works. */
export interface Deprecation {
  /** What is old, as the subject of a sentence. */
  readonly what: string;
  /** What takes its place, behind "use". */
  readonly instead: string;
  /** The day from which on it was deprecated, `YYYY-MM-DD`. */
  readonly since: string;
  /** The first day on which it may be gone; left out while none is planned. */
  readonly sunset?: string;
}

/**
 * Everything of the API that is deprecated: the one place. A field names its entry (`deprecated`), which marks it in OpenAPI, and calls that use
 * it are answered with `Deprecation`, `Sunset` and `Link`.
 */
export const DEPRECATIONS = {
  offset: { what: 'Paging by `offset`', instead: '`cursor`', since: '2026-11-27' },
  olderKeyName: { what: 'The header `X-Idempotency-Key`', instead: '`Idempotency-Key`', since: '2026-11-27', sunset: '2028-01-01' },
  olderEventTypes: {
    what: 'Filtering by the event types `deal_created`, `deal_updated` and `stage_changed`',
    instead: '`deal.created`, `deal.updated` and `deal.stage_changed`',
    since: '2026-11-27',
    sunset: '2028-01-01',
  },
  barePosition: {
    what: 'A bare position other than 0 as `since`',
    instead: 'the `next_since` of a poll or the `id:` of a frame',
    since: '2026-11-27',
    sunset: '2028-01-01',
  },
  transitionedBy: {
    what: 'The parameter `transitioned_by`',
    instead: 'the login of the operator who moves the deal',
    since: '2026-11-27',
    sunset: '2028-01-01',
  },
  olderError: { what: 'The member `error` of a problem', instead: '`code`, `detail` and `errors`', since: '2026-11-27' },
  stageOfDeal: {
    what: 'The refused field `stage` of a change',
    instead: '`POST /api/deals/{id}/transition`',
    since: '2026-11-27',
    sunset: '2028-01-01',
  },
} as const satisfies Record<string, Deprecation>;

/** Names an entry of {@link DEPRECATIONS}. */
export type DeprecationName = keyof typeof DEPRECATIONS;

/** A field of which only some values are old. */
export interface DeprecatedValues {
  readonly name: DeprecationName;
  /** Sees the value as it was read; also one that is not valid. */
  readonly when: (value: unknown) => boolean;
}

/** Says what is old, and what to use. */
export function deprecationSentence(name: DeprecationName): string {
  const { what, instead, since, sunset }: Deprecation = DEPRECATIONS[name];
  return `${what} is deprecated since ${since}${sunset === undefined ? '' : `, and may be gone from ${sunset} on`}: use ${instead}.`;
}
