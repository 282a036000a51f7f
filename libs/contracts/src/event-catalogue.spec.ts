import { uuidV7 } from '#zakops/kernel';
import { assertEventFits, EVENT_TYPES, eventCatalogue, isEventType, makeEvent } from './event-catalogue.js';
import { EventSchemaError, UnknownEventTypeError } from './event-catalogue.errors.js';

const VALID = { deal_id: 'DEAL-000001', from_stage: 'inbound', to_stage: 'initial_review', transitioned_by: 'ana', reason: null } as const;

describe('eventCatalogue', () => {
  it.each(EVENT_TYPES)('%s has an example that fits its schema and a type of its own aggregate', (type) => {
    const definition = eventCatalogue[type];
    expect(definition.data.safeParse(definition.example).success).toBe(true);
    expect(type.startsWith(`${definition.aggregateType}.`)).toBe(true);
  });
});

describe(makeEvent.name, () => {
  it('takes version and aggregate type from the catalogue', () => {
    const id = uuidV7();
    expect(makeEvent('deal.stage_changed', id, 'DEAL-000001', 2, VALID)).toEqual({
      id,
      type: 'deal.stage_changed',
      schemaVersion: 1,
      aggregateType: 'deal',
      aggregateId: 'DEAL-000001',
      aggregateSeq: 2,
      data: VALID,
    });
  });

  it('does not compile with a payload of another shape, or a type that is not listed', () => {
    // The type check is the test: an expectation without an error below fails it.
    const wrong = (): unknown[] => [
      // @ts-expect-error -- a member is missing
      makeEvent('deal.stage_changed', uuidV7(), 'DEAL-000001', 2, { deal_id: 'DEAL-000001' }),
      // @ts-expect-error -- no such stage
      makeEvent('deal.stage_changed', uuidV7(), 'DEAL-000001', 2, { ...VALID, to_stage: 'elsewhere' }),
      // @ts-expect-error -- the payload of another type
      makeEvent('deal.created', uuidV7(), 'DEAL-000001', 2, VALID),
      // @ts-expect-error -- not in the catalogue
      makeEvent('deal.exploded', uuidV7(), 'DEAL-000001', 2, VALID),
    ];
    expect(wrong).toThrow(TypeError);
  });
});

describe(assertEventFits.name, () => {
  const event = makeEvent('deal.stage_changed', uuidV7(), 'DEAL-000001', 2, VALID);

  it('accepts what fits', () => {
    expect(() => {
      assertEventFits(event);
    }).not.toThrow();
  });

  it.each([
    ['a member too many', { ...event, data: { ...VALID, surprise: true } }, '/data/'],
    ['a wrong value', { ...event, data: { ...VALID, to_stage: 'elsewhere' } }, '/data/to_stage'],
    ['another version', { ...event, schemaVersion: 2 }, '/schemaversion'],
    ['another aggregate', { ...event, aggregateType: 'action' }, '/aggregate_type'],
  ])('refuses %s, and names the field', (_what, wrong, pointer) => {
    const act = (): void => {
      assertEventFits(wrong);
    };
    expect(act).toThrow(EventSchemaError);
    expect(act).toThrow(pointer);
  });

  it('refuses a type that is not listed', () => {
    expect(() => {
      assertEventFits({ ...event, type: 'deal.exploded' });
    }).toThrow(UnknownEventTypeError);
    expect([isEventType('deal.exploded'), isEventType('toString'), isEventType('deal.created')]).toEqual([false, false, true]);
  });
});
