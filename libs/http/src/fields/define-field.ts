import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { deprecationSentence } from '../deprecation/deprecations.js';
import type { DeprecatedValues, DeprecationName } from '../deprecation/deprecations.js';
import { fault, NO_FAULTS } from './value-rule.js';
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

/** What reading and checking need to know about a member. */
export class FieldDefinition {
  constructor(
    readonly rule: ValueRule,
    readonly nested: NestedClass | undefined,
    private readonly options: Pick<FieldOptions, 'optional' | 'nullable' | 'deprecated'>,
  ) {}

  get deprecated(): FieldOptions['deprecated'] {
    return this.options.deprecated;
  }

  /** What is wrong with a value, not looking into nested objects; empty when nothing is. */
  faults(value: unknown): readonly Fault[] {
    if (value === undefined) return this.options.optional === true ? NO_FAULTS : fault('REQUIRED', 'is required');
    if (value === null) return this.options.nullable === true ? NO_FAULTS : fault('NULL_NOT_ALLOWED', 'must not be null');
    if (value === REPEATED) return fault('REPEATED', 'is given more than once');
    return this.rule.faults(value);
  }

  /** The same member, which may be missing and may be null. */
  asOptional(): FieldDefinition {
    return new FieldDefinition(this.rule, this.nested, { ...this.options, optional: true, nullable: true });
  }
}

/** Stands for a query parameter that was given more than once and is not a list. */
export const REPEATED = Symbol('repeated parameter');

/**
 * Declares one member of a request or response class: its validation, its reading from text and its OpenAPI schema.
 *
 * @remarks class-validator keeps the definition, because mapped types (`PartialType`) copy what it keeps. `readInstance` checks values.
 */
export function defineField(rule: ValueRule, options: FieldOptions, nested?: NestedClass): PropertyDecorator {
  const { optional = false, nullable = false, example, deprecated } = options;
  const description = describe(options);
  const definition = new FieldDefinition(rule, nested, options);
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
    ValidateBy({
      name: 'field',
      constraints: [definition],
      validator: { validate: (value: unknown) => definition.faults(value).length === 0 },
    }),
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
