import { arrayRule, mapRule, objectRule } from './collection-rules.js';
import type { ArrayLimits, ClassRef, ItemType } from './collection-rules.js';
import { defineField, withModel } from './define-field.js';
import type { FieldOptions } from './define-field.js';
import { Money, moneyRule } from './money.js';
import { booleanRule, dateRule, enumRule, instantRule, integerRule, jsonRule, numberRule, stringRule, uuidRule } from './rules.js';
import type { NumberLimits, StringLimits } from './rules.js';

/** A text; at most 10,000 characters unless `max` says otherwise. */
export function StringField(options: FieldOptions & StringLimits = {}): PropertyDecorator {
  return defineField(stringRule(options), options);
}

/** A whole number. */
export function IntegerField(options: FieldOptions & NumberLimits = {}): PropertyDecorator {
  return defineField(integerRule(options), options);
}

/** A finite number. Not for money: see {@link MoneyField}. */
export function NumberField(options: FieldOptions & NumberLimits = {}): PropertyDecorator {
  return defineField(numberRule(options), options);
}

/** True or false. */
export function BooleanField(options: FieldOptions = {}): PropertyDecorator {
  return defineField(booleanRule(), options);
}

/** One of `values`; `name` is the schema's name in OpenAPI, the same for the same set everywhere. */
export function EnumField(values: readonly string[], name: string, options: FieldOptions = {}): PropertyDecorator {
  return defineField(enumRule(values, name), options);
}

/** A UUID of any version. */
export function UuidField(options: FieldOptions = {}): PropertyDecorator {
  return defineField(uuidRule(), options);
}

/** An instant as ISO 8601 text with a zone; UTC in answers. The member is a string, not a Date. */
export function DateTimeField(options: FieldOptions = {}): PropertyDecorator {
  return defineField(instantRule(), options);
}

/** A calendar day as `YYYY-MM-DD`. */
export function DateField(options: FieldOptions = {}): PropertyDecorator {
  return defineField(dateRule(), options);
}

/** An object of a class; unknown members are refused at any depth. */
export function ObjectField(type: ClassRef, options: FieldOptions = {}): PropertyDecorator {
  return defineField(objectRule(type), options, { type, each: false });
}

/** An array, at most 1,000 items unless `maxItems` says otherwise. In a query: separated by commas, or the parameter repeated. */
export function ArrayField(item: ItemType, options: FieldOptions & ArrayLimits = {}): PropertyDecorator {
  const nested = typeof item === 'function' ? { type: item, each: true } : undefined;
  return defineField(arrayRule(item, options), options, nested);
}

/** An object with free names and values of one kind. */
export function MapField(item: ItemType, options: FieldOptions = {}): PropertyDecorator {
  const decorator = defineField(mapRule(item), options);
  return typeof item === 'function' ? withModel(item(), decorator) : decorator;
}

/** Any JSON value; kept as it came. */
export function JsonField(options: FieldOptions = {}): PropertyDecorator {
  return defineField(jsonRule(), options);
}

/** A JSON object with any members; kept as it came. */
export function JsonObjectField(options: FieldOptions = {}): PropertyDecorator {
  return defineField(mapRule('json'), options);
}

/** Exact money, `{ "amount": "1250000.00", "currency": "USD" }`; a JSON number is refused. Negative only with `allowNegative`. */
export function MoneyField(options: FieldOptions & { readonly allowNegative?: boolean } = {}): PropertyDecorator {
  return withModel(Money, defineField(moneyRule(options.allowNegative === true), options));
}
