import type { TestDatabase } from '#zakops/testing';
import type { ContractDocument, Operation } from './contract-document.js';

type Json = Readonly<Record<string, unknown>>;

interface TextSchema {
  readonly format?: string;
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly example?: string;
}

// A text, and one that is an e-mail address too: each is another one once it is composed.
const DECOMPOSED = ['Cafe\u0301 A\u030A', 'cafe\u0301@example.com'];
const PASSWORD = 'correct horse battery staple';
const FORMATS: Readonly<Record<string, string>> = {
  uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  password: PASSWORD,
};

/** A value of a schema whose every free text is decomposed, and so are the free names of members. */
export function decomposed(document: ContractDocument, given: Json): unknown {
  const schema = document.resolve(given);
  const [inner] = (schema['allOf'] ?? schema['anyOf'] ?? schema['oneOf'] ?? []) as Json[];
  if (inner !== undefined) return decomposed(document, inner);
  if (Array.isArray(schema['enum'])) return (schema['enum'] as unknown[])[0];
  switch ([schema['type']].flat()[0]) {
    case 'string':
      return textOf(schema);
    case 'integer':
    case 'number':
      return schema['minimum'] ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return [decomposed(document, (schema['items'] ?? {}) as Json)];
    case 'object':
      return objectOf(document, schema);
    default:
      return { [DECOMPOSED[0] ?? '']: DECOMPOSED };
  }
}

/** The query parameters of an operation that take any text, with a decomposed one. */
export function decomposedQuery(document: ContractDocument, operation: Operation): Readonly<Record<string, string>> {
  const free = operation.parameters
    // A cursor is a text of ours: another one is refused.
    .filter((parameter) => parameter.in === 'query' && parameter.name !== 'cursor')
    .flatMap(({ name, schema }) => {
      const value = decomposed(document, schema);
      return typeof value === 'string' && isDecomposed(value) ? [[name, value] as const] : [];
    });
  return Object.fromEntries(free);
}

/** True for a text that is not composed (NFC). */
export function isDecomposed(text: string): boolean {
  return text !== text.normalize('NFC');
}

/** The columns of schema `zakops` that hold a text or a document that is not composed. */
export async function columnsWithDecomposed(database: TestDatabase): Promise<readonly string[]> {
  const columns = await database.query<{ table: string; column: string }>(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_schema = 'zakops' AND table_type = 'BASE TABLE' AND data_type IN ('text', 'jsonb', 'ARRAY') ORDER BY 1, 2`,
  );
  const parts = columns.map(
    ({ table, column }) =>
      `SELECT '${table}.${column}' AS name WHERE EXISTS (SELECT FROM zakops.${table} WHERE ${column}::text IS NOT NFC NORMALIZED)`,
  );
  return (await database.query<{ name: string }>(parts.join(' UNION ALL '))).map(({ name }) => name);
}

function textOf(schema: Json): string {
  const { format, pattern, maxLength, example } = schema as TextSchema;
  if (format !== undefined) return FORMATS[format] ?? example ?? '';
  const fits = DECOMPOSED.find(
    (text) => text.length <= (maxLength ?? Infinity) && (pattern === undefined || new RegExp(pattern, 'u').test(text)),
  );
  return fits ?? example ?? 'x';
}

function objectOf(document: ContractDocument, schema: Json): unknown {
  const { properties, additionalProperties: free } = schema as Record<string, Record<string, Json> | undefined>;
  const members = Object.entries(properties ?? {}).filter(([, property]) => property['deprecated'] !== true);
  const own = Object.fromEntries(members.map(([name, property]) => [name, decomposed(document, property)]));
  return typeof free === 'object' ? { ...own, [DECOMPOSED[0] ?? '']: decomposed(document, free) } : own;
}
