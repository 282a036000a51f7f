import { getMetadataStorage } from 'class-validator';
import { composeTexts } from './compose-texts.js';
import { FieldDefinition, REPEATED } from './define-field.js';
import type { NestedClass } from './define-field.js';
import { escapePointer } from './json-pointer.js';
import { NO_FAULTS } from './value-rule.js';
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

// The name under which `PartialType` makes a member optional.
const IS_OPTIONAL = 'isOptional';

// Classes are declared once, so this grows to their number.
const fieldsByClass = new Map<FieldClass, ReadonlyMap<string, FieldDefinition>>();

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
  return { instance, faults: [...faultsOf(type, instance, at), ...found] };
}

function fill<T extends object>(type: FieldClass<T>, plain: Members, source: Source, at: string, faults: Fault[]): T {
  const fields = fieldsOf(type);
  const instance = new type();
  for (const [name, value] of Object.entries(plain)) {
    const here = `${at}/${escapePointer(name)}`;
    const field = fields.get(name);
    if (field === undefined) faults.push({ code: 'UNKNOWN_FIELD', detail: 'is not a known field', at: here });
    else (instance as Record<string, unknown>)[name] = readValue(field, value, source, here, faults);
  }
  return instance;
}

function readValue({ rule, nested }: FieldDefinition, value: unknown, source: Source, at: string, faults: Fault[]): unknown {
  if (nested !== undefined) return readNested(nested, value, source, at, faults);
  const given = rule.asTyped === true ? value : composeTexts(value, at, faults);
  if (source === 'json') return given;
  if (Array.isArray(given)) return rule.list === true ? rule.fromText?.(given.join(',')) : REPEATED;
  return typeof given === 'string' && rule.fromText !== undefined ? rule.fromText(given) : given;
}

/** Reads what has the shape of its class; the rule of the field refuses the rest. */
function readNested({ type, each }: NestedClass, value: unknown, source: Source, at: string, faults: Fault[]): unknown {
  if (!each) return isMembers(value) ? fill(type(), value, source, at, faults) : value;
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown, index) => (isMembers(item) ? fill(type(), item, source, `${at}/${String(index)}`, faults) : item));
}

/** What is wrong with an instance, member by member. A member of the wrong shape is not looked into. */
function faultsOf(type: FieldClass, instance: object, at: string): readonly Fault[] {
  const faults: Fault[] = [];
  for (const [name, field] of fieldsOf(type)) {
    const value: unknown = (instance as Members)[name];
    const own = field.faults(value);
    if (own.length === 0 && field.nested === undefined) continue;
    const here = `${at}/${escapePointer(name)}`;
    faults.push(...(own.length > 0 ? own.map((found) => ({ ...found, at: here + found.at })) : nestedFaults(field.nested, value, here)));
  }
  return faults;
}

function nestedFaults(nested: NestedClass | undefined, value: unknown, at: string): readonly Fault[] {
  if (nested === undefined || typeof value !== 'object' || value === null) return NO_FAULTS;
  if (!nested.each) return faultsOf(nested.type(), value, at);
  return (value as readonly object[]).flatMap((item, index) => faultsOf(nested.type(), item, `${at}/${String(index)}`));
}

/**
 * The fields of a class by their names.
 *
 * @throws Error for a class with decorators of class-validator itself, which nobody would run
 */
export function fieldsOf(type: FieldClass): ReadonlyMap<string, FieldDefinition> {
  let fields = fieldsByClass.get(type);
  if (fields === undefined) fieldsByClass.set(type, (fields = readFields(type)));
  return fields;
}

function readFields(type: FieldClass): ReadonlyMap<string, FieldDefinition> {
  const fields = new Map<string, FieldDefinition>();
  const optional = new Set<string>();
  for (const { propertyName, constraints, name } of getMetadataStorage().getTargetValidationMetadatas(type, '', false, false)) {
    const definition = (constraints as readonly unknown[] | undefined)?.find((each) => each instanceof FieldDefinition);
    if (name === IS_OPTIONAL) optional.add(propertyName);
    else if (definition === undefined) throw new Error(`${type.name}.${propertyName} has a rule that is not run: declare it as a field.`);
    // Metadata of the class itself comes before what it inherits.
    else if (!fields.has(propertyName)) fields.set(propertyName, definition);
  }
  return new Map([...fields].map(([name, field]) => [name, optional.has(name) ? field.asOptional() : field]));
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
