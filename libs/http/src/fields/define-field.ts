import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { deprecationSentence } from '../deprecation/deprecations.js';
import type { DeprecatedValues, DeprecationName } from '../deprecation/deprecations.js';
import { FIELD_CONSTRAINT } from './field-faults.js';
import { fault } from './value-rule.js';
import type { Fault, SchemaFragment, ValueRule } from './value-rule.js';

/** What every field may say. */
export interface FieldOptions {
  /** One sentence for the reader of the API. */
  readonly description?: string;
  readonly example?: unknown;
  /** The member may be left out; null is still refused. */
  readonly optional?: boolean;
  /** The member may be null. */
  readonly nullable?: boolean;
  /** Documented default of an optional member; the class sets it by an initialiser. */
  readonly default?: unknown;
  /** The whole field is old, or some of its values are. */
  readonly deprecated?: DeprecationName | DeprecatedValues;
}

/** A member whose value, or whose items, are objects of a class. */
export interface NestedClass {
  readonly type: () => new () => object;
  readonly each: boolean;
}

/** What reading needs to know of a member; found again among the metadata of class-validator, so that mapped types keep it. */
export class FieldDefinition {
  constructor(
    readonly rule: ValueRule,
    readonly nested: NestedClass | undefined,
    /** What is wrong with a value, not looking into nested objects; empty when nothing is. */
    readonly faults: (value: unknown) => readonly Fault[],
    private readonly isAbsence: (value: unknown) => boolean,
    readonly deprecated: FieldOptions['deprecated'],
  ) {}

  /** True when nothing is wrong with a value, not looking into nested objects. */
  accepts(value: unknown): boolean {
    return this.isAbsence(value) || this.faults(value).length === 0;
  }
}

/** Stands for a query parameter that was given more than once and is not a list. */
export const REPEATED = Symbol('repeated parameter');

/** Declares one member of a request or response class: its validation, its reading from text and its OpenAPI schema. */
export function defineField(rule: ValueRule, options: FieldOptions, nested?: NestedClass): PropertyDecorator {
  const { optional = false, nullable = false, example, deprecated } = options;
  const description = describe(options);
  const faults = (value: unknown): readonly Fault[] => {
    if (value === undefined) return fault('REQUIRED', 'is required');
    if (value === null) return fault('NULL_NOT_ALLOWED', 'must not be null');
    if (value === REPEATED) return fault('REPEATED', 'is given more than once');
    return rule.faults(value);
  };
  const isAbsence = (value: unknown): boolean => (optional && value === undefined) || (nullable && value === null);
  const schema: SchemaFragment = {
    ...rule.schema,
    required: !optional,
    ...(nullable ? { nullable } : {}),
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example }),
    ...(options.default === undefined ? {} : { default: options.default }),
    ...(typeof deprecated === 'string' ? { deprecated: true } : {}),
  };
  return applyDecorators(
    ValidateIf((_, value: unknown) => !isAbsence(value)),
    ValidateBy({
      name: FIELD_CONSTRAINT,
      constraints: [new FieldDefinition(rule, nested, faults, isAbsence, deprecated)],
      validator: {
        validate: (value: unknown) => faults(value).length === 0,
        defaultMessage: (context) => JSON.stringify(faults(context?.value)),
      },
    }),
    ...(nested === undefined ? [] : [ValidateNested({ each: nested.each })]),
    ApiProperty(schema),
  );
}

function describe({ description, deprecated }: FieldOptions): string | undefined {
  if (deprecated === undefined) return description;
  const sentence = deprecationSentence(typeof deprecated === 'string' ? deprecated : deprecated.name);
  return description === undefined ? sentence : `${description} ${sentence}`;
}

/** Makes OpenAPI list a class that only a schema fragment names. */
export function withModel(model: new () => object, decorator: PropertyDecorator): PropertyDecorator {
  return (target, property) => {
    (ApiExtraModels(model) as ClassDecorator)(target.constructor);
    decorator(target, property);
  };
}
