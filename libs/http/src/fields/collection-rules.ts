import { getSchemaPath } from '@nestjs/swagger';
import { escapePointer } from './json-pointer.js';
import { readInstance } from './read-instance.js';
import { booleanRule, integerRule, isAnyJson, jsonRule, numberRule, stringRule } from './rules.js';
import { fault, NO_FAULTS } from './value-rule.js';
import type { Fault, ValueRule } from './value-rule.js';

/** A class by reference, so that classes may refer to each other. */
export type ClassRef = () => new () => object;

/** What an array or a map holds: a class, a rule, or the name of a rule without limits. */
export type ItemType = ClassRef | ValueRule | 'string' | 'integer' | 'number' | 'boolean' | 'json';

/** How many items an array may hold. */
export interface ArrayLimits {
  /** Default 0. */
  readonly minItems?: number;
  /** Default 1,000. */
  readonly maxItems?: number;
  readonly unique?: boolean;
}

const NAMED = { string: stringRule, integer: integerRule, number: numberRule, boolean: booleanRule, json: jsonRule };

/** The rule behind an item type; undefined for a class. */
export function itemRule(item: ItemType): ValueRule | undefined {
  if (typeof item === 'function') return undefined;
  return typeof item === 'string' ? NAMED[item]() : item;
}

/** A JSON object, not an array. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// swagger tells a lazy type from a class by the name `type`, which the arrow functions of these literals get.

/** An object of a class; `readInstance` checks its members. */
export function objectRule(type: ClassRef): ValueRule {
  return {
    schema: { type: () => type() },
    faults: (value) => (isPlainObject(value) ? NO_FAULTS : fault('INVALID_TYPE', 'must be an object')),
  };
}

/** An array; `readInstance` checks the members of its objects. In a query: separated by commas, or repeated. */
export function arrayRule(item: ItemType, { minItems = 0, maxItems = 1_000, unique = false }: ArrayLimits): ValueRule {
  const rule = itemRule(item);
  const limits = { ...(minItems > 0 ? { minItems } : {}), maxItems, ...(unique ? { uniqueItems: true } : {}) };
  const schema = rule === undefined ? { type: () => (item as ClassRef)(), isArray: true, ...limits } : { ...listSchema(rule), ...limits };
  return {
    schema,
    list: true,
    faults(value) {
      if (!Array.isArray(value)) return fault('INVALID_TYPE', 'must be an array');
      if (value.length > maxItems) return fault('TOO_MANY', `must have at most ${String(maxItems)} items`);
      if (value.length < minItems) return fault('TOO_FEW', `must have at least ${String(minItems)} item${minItems === 1 ? '' : 's'}`);
      if (unique && new Set(value).size < value.length) return fault('NOT_UNIQUE', 'must not repeat an item');
      return value.flatMap((one: unknown, index) => itemFaults(rule, one, `/${String(index)}`));
    },
    ...(rule === undefined ? {} : { fromText: (text: string) => text.split(',').map((part) => rule.fromText?.(part.trim()) ?? part) }),
  };
}

/** A JSON object with free names. */
export function mapRule(item: ItemType): ValueRule {
  const rule = itemRule(item);
  const additionalProperties = typeof item === 'function' ? { $ref: getSchemaPath(item()) } : plainSchema(rule);
  return {
    schema: { type: 'object', additionalProperties },
    faults(value) {
      if (!isPlainObject(value)) return fault('INVALID_TYPE', 'must be an object');
      return Object.entries(value).flatMap(([name, one]) => {
        const at = `/${escapePointer(name)}`;
        return typeof item === 'function' ? classFaults(item(), one, at) : itemFaults(rule, one, at);
      });
    },
  };
}

function itemFaults(rule: ValueRule | undefined, value: unknown, at: string): readonly Fault[] {
  const isJson = rule !== undefined && isAnyJson(rule);
  if (value === null && !isJson) return fault('NULL_NOT_ALLOWED', 'must not be null', at);
  if (rule === undefined) return isPlainObject(value) ? NO_FAULTS : fault('INVALID_TYPE', 'must be an object', at);
  return rule.faults(value).map((found) => ({ ...found, at: at + found.at }));
}

function classFaults(type: new () => object, value: unknown, at: string): readonly Fault[] {
  if (!isPlainObject(value)) return fault('INVALID_TYPE', 'must be an object', at);
  return readInstance(type, value, 'json', at).faults;
}

// In a schema fragment that swagger does not read as a property, an enum has no name.
function plainSchema(rule: ValueRule | undefined): Record<string, unknown> | boolean {
  if (rule === undefined || isAnyJson(rule)) return true;
  const { enumName, ...schema } = rule.schema;
  return enumName === undefined ? schema : { type: 'string', ...schema };
}

function listSchema(rule: ValueRule): Record<string, unknown> {
  if ('enumName' in rule.schema) return { ...rule.schema, isArray: true };
  const items = plainSchema(rule);
  return { type: 'array', items: items === true ? {} : items };
}
