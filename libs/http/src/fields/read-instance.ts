import { getMetadataStorage, validateSync, ValidationTypes } from 'class-validator';
import { composeTexts } from './compose-texts.js';
import { FieldDefinition, REPEATED } from './define-field.js';
import { escapePointer, flattenErrors } from './field-faults.js';
import type { Fault } from './value-rule.js';

type Members = Readonly<Record<string, unknown>>;

/** A class made of fields. */
export type FieldClass<T extends object = object> = new () => T;

// Parameters of these types are read by name, and are texts.
const NOT_CLASSES: ReadonlySet<unknown> = new Set([undefined, String, Number, Boolean, Array, Object]);

/** True when the declared type of a handler's parameter is a class of fields. */
export function isFieldClass(type: unknown): type is FieldClass {
  return typeof type === 'function' && !NOT_CLASSES.has(type);
}

/** How values arrive: as JSON, or as the texts of a query or path. */
export type Source = 'json' | 'text';

// Stands for an array where an object belongs, or the reverse: class-validator would walk into it all the same, and trip over members
// that are called `constructor`.
const WRONG_SHAPE = Symbol('wrong shape');

// The conditions and the nesting that defineField declares beside the rule itself.
const OWN_KINDS: ReadonlySet<string> = new Set([ValidationTypes.CONDITIONAL_VALIDATION, ValidationTypes.NESTED_VALIDATION]);

/** Classes with decorators of class-validator itself. */
const mixed = new WeakSet<FieldClass>();

const known = new WeakMap<FieldClass, ReadonlyMap<string, FieldDefinition | undefined>>();

/**
 * Reads an object into its class, composes its texts and validates it. Members that the class does not have are faults, at any depth.
 *
 * @remarks class-transformer is not used for this: it rebuilds free JSON, and fails at members that are called `constructor`.
 * @param at - JSON pointer of the object
 */
export function readInstance<T extends object>(
  type: FieldClass<T>,
  plain: Members,
  source: Source,
  at = '',
): { instance: T; faults: readonly Fault[] } {
  const found: Fault[] = [];
  const instance = fill(type, plain, source, at, found);
  // Nearly every request is fine, and class-validator collects its metadata anew for each: it is asked for the report only.
  if (found.length === 0 && isFine(type, instance)) return { instance, faults: [] };
  const invalid = validateSync(instance, { forbidUnknownValues: false });
  return { instance, faults: [...flattenErrors(invalid, at), ...found] };
}

function fill<T extends object>(type: FieldClass<T>, plain: Members, source: Source, at: string, faults: Fault[]): T {
  const fields = fieldsOf(type);
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(plain)) {
    const here = `${at}/${escapePointer(name)}`;
    if (fields.has(name)) values[name] = readValue(fields.get(name), value, source, here, faults);
    else faults.push({ code: 'UNKNOWN_FIELD', detail: 'is not a known field', at: here });
  }
  return Object.assign(new type(), values);
}

function readValue(field: FieldDefinition | undefined, value: unknown, source: Source, at: string, faults: Fault[]): unknown {
  if (field?.nested !== undefined) {
    const { type, each } = field.nested;
    if (each && Array.isArray(value)) {
      return value.map((item: unknown, index) => (isMembers(item) ? fill(type(), item, source, `${at}/${String(index)}`, faults) : item));
    }
    if (!each && isMembers(value)) return fill(type(), value, source, at, faults);
    return typeof value === 'object' && value !== null ? WRONG_SHAPE : value;
  }
  const given = field?.rule.asTyped === true ? value : composeTexts(value, at, faults);
  if (field === undefined || source === 'json') return given;
  if (Array.isArray(given)) return field.rule.list === true ? field.rule.fromText?.(given.join(',')) : REPEATED;
  return typeof given === 'string' && field.rule.fromText !== undefined ? field.rule.fromText(given) : given;
}

/** True when every field accepts its value; false also when there are rules of others, which class-validator has to be asked about. */
function isFine(type: FieldClass, instance: object): boolean {
  const fields = fieldsOf(type);
  if (mixed.has(type)) return false;
  for (const [name, field] of fields) {
    if (field === undefined) return false;
    const value: unknown = (instance as Record<string, unknown>)[name];
    if (!field.accepts(value)) return false;
    if (field.nested === undefined || value === undefined || value === null) continue;
    const nestedType = field.nested.type();
    const items: readonly unknown[] = field.nested.each ? (value as readonly unknown[]) : [value];
    if (!items.every((item) => item instanceof nestedType && isFine(nestedType, item))) return false;
  }
  return true;
}

/** The fields of a class by their names; undefined for a member with rules of others only. */
export function fieldsOf(type: FieldClass): ReadonlyMap<string, FieldDefinition | undefined> {
  const cached = known.get(type);
  if (cached !== undefined) return cached;
  const fields = new Map<string, FieldDefinition | undefined>();
  for (const { propertyName, constraints, type: kind } of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    // Metadata of the class itself comes before what it inherits.
    const definition = (constraints as readonly unknown[] | undefined)?.find((each) => each instanceof FieldDefinition);
    if (definition === undefined && !OWN_KINDS.has(kind)) mixed.add(type);
    fields.set(propertyName, fields.get(propertyName) ?? definition);
  }
  known.set(type, fields);
  return fields;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
