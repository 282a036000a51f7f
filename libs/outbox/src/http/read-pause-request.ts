import { InputError } from '#zakops/http';
import { DEFAULT_PAUSE_MINUTES } from '../pauses/pause.js';
import type { PauseScope, PauseTarget } from '../pauses/pause.js';
import type { PauseEnd } from '../pauses/pause.store.js';

/** The members of a request that say what is paused. */
export interface GivenTarget {
  readonly consumer?: string;
  readonly event_type?: string;
  readonly aggregate_type?: string;
  readonly aggregate_id?: string;
}

const MEMBERS = {
  all: [],
  consumer: ['consumer'],
  event_type: ['event_type'],
  aggregate: ['aggregate_type', 'aggregate_id'],
} as const satisfies Record<PauseScope, readonly (keyof GivenTarget)[]>;

const EVERY_MEMBER = ['consumer', 'event_type', 'aggregate_type', 'aggregate_id'] as const;

/** From the members of a request to what is paused. @throws InputError for a member that is missing, or belongs to another scope */
export function toPauseTarget(scope: PauseScope, given: GivenTarget): PauseTarget {
  const own: readonly string[] = MEMBERS[scope];
  const faults = EVERY_MEMBER.flatMap((name) => {
    if (own.includes(name) === (given[name] !== undefined)) return [];
    return own.includes(name)
      ? [{ pointer: `/${name}`, detail: `is needed with scope ${scope}`, code: 'REQUIRED' }]
      : [{ pointer: `/${name}`, detail: `must not be given with scope ${scope}`, code: 'NOT_ALLOWED' }];
  });
  if (faults.length > 0) throw new InputError(faults);
  const { consumer = '', event_type: eventType = '', aggregate_type: aggregateType = '', aggregate_id: aggregateId = '' } = given;
  switch (scope) {
    case 'all':
      return { scope };
    case 'consumer':
      return { scope, consumer };
    case 'event_type':
      return { scope, eventType };
    case 'aggregate':
      return { scope, aggregateType, aggregateId };
  }
}

/** Which pause is meant. @throws InputError when it is named by its id and by its target, or by none */
export function toPauseChoice({
  pause_id: id,
  scope,
  ...given
}: GivenTarget & { readonly pause_id?: string; readonly scope?: PauseScope }): { readonly id: string } | { readonly target: PauseTarget } {
  if (id === undefined && scope === undefined) {
    throw new InputError([{ pointer: '/pause_id', detail: 'is needed, or scope with its members', code: 'REQUIRED' }]);
  }
  if (id === undefined) return { target: toPauseTarget(scope ?? 'all', given) };
  const others = [...(scope === undefined ? [] : ['scope']), ...EVERY_MEMBER.filter((name) => given[name] !== undefined)];
  if (others.length > 0) {
    throw new InputError(
      others.map((name) => ({ pointer: `/${name}`, detail: 'must not be given together with pause_id', code: 'NOT_ALLOWED' })),
    );
  }
  return { id };
}

/** The end of a pause. @throws InputError when it is given twice, or not at all where it is needed */
export function toPauseEnd({ minutes, until }: { readonly minutes?: number; readonly until?: string }, isNeeded: boolean): PauseEnd {
  if (minutes !== undefined && until !== undefined) {
    throw new InputError([{ pointer: '/until', detail: 'must not be given together with minutes', code: 'NOT_ALLOWED' }]);
  }
  if (until !== undefined) return { until };
  if (minutes === undefined && isNeeded) throw new InputError([{ pointer: '/minutes', detail: 'is needed, or until', code: 'REQUIRED' }]);
  return { minutes: minutes ?? DEFAULT_PAUSE_MINUTES };
}
