import { effectiveScopes, scopesOfRole } from '#zakops/auth';
import { publishedEvent } from '../../test/published-event.builder.js';
import { aggregateIdIn, EventFilter } from './event-filter.js';
import type { AggregateReference, EventFilterParts } from './event-filter.js';
import { EventVisibility } from './event-visibility.js';

function deal(id: string): AggregateReference {
  return { type: 'deal', id };
}

/** A filter of somebody who may see everything. */
function filterOf(parts: Partial<EventFilterParts> = {}): EventFilter {
  return new EventFilter({ visibility: EventVisibility.everything, ...parts });
}

describe(EventFilter.name, () => {
  const event = publishedEvent({ aggregateId: 'DEAL-000001', correlationId: 'import-7', type: 'deal.created' });

  it.each([
    [{}, true],
    [{ types: [] }, true],
    [{ types: ['*'] }, true],
    [{ types: ['deal.*'] }, true],
    [{ types: ['action.created', 'deal.created'] }, true],
    [{ types: ['deal.create'] }, false],
    [{ types: ['deals.*'] }, false],
    [{ types: ['action.*'] }, false],
    [{ aggregate: deal('DEAL-000001') }, true],
    [{ aggregate: deal('DEAL-000002') }, false],
    [{ correlationId: 'import-7' }, true],
    [{ correlationId: 'DEAL-000001' }, false],
    [{ aggregate: deal('DEAL-000001'), correlationId: 'import-7', types: ['deal.*'] }, true],
    [{ aggregate: deal('DEAL-000001'), correlationId: 'import-7', types: ['action.*'] }, false],
    [{ aggregate: deal('DEAL-000001'), correlationId: 'import-8' }, false],
  ])('%j lets the event through: %s', (parts, expected) => {
    expect(filterOf(parts).matches(event)).toBe(expected);
  });

  it('has one key for filters that let the same through', () => {
    const key = filterOf({ types: ['deal.updated', 'deal.created'] }).key;
    expect(filterOf({ types: ['deal.created', 'deal.updated', 'deal.created'] }).key).toBe(key);
    expect(filterOf({ types: ['*', 'deal.created'] }).key).toBe(filterOf().key);
    expect(filterOf({ aggregate: deal('x') }).key).not.toBe(filterOf({ correlationId: 'x' }).key);
  });

  it('lets nothing through that its reader may not see, in memory and in SQL', () => {
    const visibility = new EventVisibility(effectiveScopes(['deals:read'], scopesOfRole('admin', 'admins')));
    const filter = filterOf({ visibility, types: ['*'] });
    expect([filter.matches(event), filter.matches(publishedEvent({ type: 'operator.login_locked' }))]).toEqual([true, false]);
    expect(filter.toSql(1)).toEqual({ conditions: ' AND e.type = ANY ($1::text[])', parameters: [visibility.types] });
    expect(filter.key).not.toBe(filterOf().key);
  });

  it('puts values into parameters, never into the text', () => {
    const { conditions, parameters } = filterOf({ correlationId: "c'--", aggregate: deal("d'--"), types: ['deal.*'] }).toSql(4);
    expect(parameters).toEqual(["c'--", 'deal', 'deal_id', "d'--", '^(?:deal\\..*)$']);
    expect(conditions).toMatch(/\$4.*\$5.*\$6.*\$7.*\$8/);
    expect(conditions).not.toContain('--');
  });
});

describe(aggregateIdIn.name, () => {
  it.each([
    ['its own aggregate, whatever the payload says', { aggregateType: 'deal', data: { deal_id: 'DEAL-000009' } }, 'DEAL-000001'],
    ['the deal that the payload of another aggregate names', { aggregateType: 'action', data: { deal_id: 'DEAL-000009' } }, 'DEAL-000009'],
    ['nothing for a payload that names none', { aggregateType: 'action', data: {} }, undefined],
    ['nothing for a payload that is no object', { aggregateType: 'action', data: null }, undefined],
    ['nothing for a deal id that is no text', { aggregateType: 'action', data: { deal_id: 9 } }, undefined],
  ])('is %s', (_name, given, expected) => {
    expect(aggregateIdIn(publishedEvent(given), 'deal')).toBe(expected);
  });
});
