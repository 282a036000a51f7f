import type { Principal } from '#zakops/auth';
import { EVENT_TYPES } from '#zakops/contracts';
import { ArrayField, enumRule, StringField } from '#zakops/http';
import type { DeprecatedValues } from '#zakops/http';
import { EventFilter } from '../../events/event-filter.js';
import { EventVisibility } from '../../events/event-visibility.js';

/** Names that the first version of this API used; each means a type of today. */
const LEGACY_TYPES: Readonly<Record<string, string>> = {
  deal_created: 'deal.created',
  deal_updated: 'deal.updated',
  stage_changed: 'deal.stage_changed',
};

/** Each family once: `deal.*` and so on. */
const FAMILIES = [...new Set(EVENT_TYPES.map((type) => `${type.slice(0, type.indexOf('.'))}.*`))];

// An unknown type is a typing error, and its stream would stay silent.
const TYPE = enumRule(['*', ...FAMILIES, ...EVENT_TYPES, ...Object.keys(LEGACY_TYPES)], 'EventTypeFilter');

/** A list of types in a query. */
export function TypesField(description: string): PropertyDecorator {
  const deprecated: DeprecatedValues = {
    name: 'olderEventTypes',
    when: (types) => Array.isArray(types) && types.some((type) => Object.hasOwn(LEGACY_TYPES, String(type))),
  };
  return ArrayField(TYPE, { optional: true, minItems: 1, maxItems: 50, description, example: ['deal.*'], deprecated });
}

/** Types as given, legacy names among them, to the patterns that filters take. */
export function toPatterns(types: readonly string[] | undefined): readonly string[] {
  return (types ?? []).map((type) => LEGACY_TYPES[type] ?? type);
}

/** The filters of the stream and of the poll; an event must match every one that is given. */
export class EventFilterParams {
  @StringField({
    min: 1,
    max: 100,
    pattern: /^[\w-]+$/,
    optional: true,
    description: 'Only events of this correlation.',
    example: 'DEAL-000001',
  })
  correlation_id?: string;

  @StringField({
    max: 50,
    pattern: /^DEAL-\d{6,}$/,
    patternHint: 'must look like DEAL-000001',
    optional: true,
    description: 'Only events about this deal.',
    example: 'DEAL-000001',
  })
  deal_id?: string;

  @TypesField('Only these types, separated by commas; `deal.*` means all of a family.')
  types?: string[];
}

/** From the query to the filter; it lets through only what the principal may see. */
export function toEventFilter({ correlation_id, deal_id, types }: EventFilterParams, { scopes }: Principal): EventFilter {
  return new EventFilter({
    visibility: new EventVisibility(scopes),
    correlationId: correlation_id,
    aggregate: deal_id === undefined ? undefined : { type: 'deal', id: deal_id },
    types: toPatterns(types),
  });
}
