import { ANY_JSON } from '../fields/rules.js';

// What a schema without a type must not say.
const UNTYPED: ReadonlySet<string> = new Set([ANY_JSON, 'type', 'nullable']);

type Json = Record<string, unknown>;

/**
 * Finishes the document that `@nestjs/swagger` made: what it still writes in the manner of OpenAPI 3.0 becomes JSON Schema 2020-12.
 *
 * @remarks Works in place on any part of a document and returns it.
 */
export function toOpenApi31(part: unknown): unknown {
  if (Array.isArray(part)) return part.map((item) => toOpenApi31(item));
  if (typeof part !== 'object' || part === null) return part;
  const schema: Json = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, isData(name) ? value : toOpenApi31(value)]));
  if (ANY_JSON in schema) return Object.fromEntries(Object.entries(schema).filter(([name]) => !UNTYPED.has(name)));
  const whole = 'nullable' in schema && typeof schema['nullable'] === 'boolean' ? withNull(schema) : schema;
  return withoutLoneAllOf(whole);
}

/** In 3.1 a reference may have neighbours, so it need not be wrapped. */
function withoutLoneAllOf({ allOf, ...schema }: Json): Json {
  if (allOf === undefined) return schema;
  return Array.isArray(allOf) && allOf.length === 1 ? { ...(allOf[0] as Json), ...schema } : { ...schema, allOf };
}

/** Members that hold examples and values, not schemas. */
function isData(name: string): boolean {
  return name === 'example' || name === 'examples' || name === 'default' || name === 'enum' || name === 'const';
}

function withNull({ nullable, ...schema }: Json): Json {
  if (nullable !== true) return schema;
  if (Array.isArray(schema['enum']) && typeof schema['type'] === 'string') {
    return { ...schema, type: [schema['type'], 'null'], enum: [...(schema['enum'] as unknown[]), null] };
  }
  if (typeof schema['type'] === 'string') return { ...schema, type: [schema['type'], 'null'] };
  return schema['type'] === undefined && '$ref' in schema ? { anyOf: [{ $ref: schema['$ref'] }, { type: 'null' }] } : schema;
}
