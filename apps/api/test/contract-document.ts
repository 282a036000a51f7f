import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

/** One operation of an OpenAPI document. */
export interface Operation {
  readonly id: string;
  readonly method: string;
  /** With `{names}` in braces. */
  readonly path: string;
  readonly description: string;
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema?: Json }>> }>>;
  readonly parameters: readonly { name: string; in: string; required?: boolean; deprecated?: boolean; schema: Json }[];
  readonly requestBody: Json | undefined;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** An OpenAPI 3.1 document that answers can be compared with. */
export class ContractDocument {
  readonly operations: ReadonlyMap<string, Operation>;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(readonly document: Json) {
    formats.default(this.#ajv);
    this.#ajv.addSchema({ $id: 'openapi', ...document });
    const operations = new Map<string, Operation>();
    for (const [path, item] of Object.entries(document['paths'] as Record<string, Record<string, Json>>)) {
      for (const [method, operation] of Object.entries(item)) {
        if (!METHODS.includes(method)) continue;
        const id = String(operation['operationId']);
        const body = operation['requestBody'] as { content: Record<string, { schema: Json }> } | undefined;
        operations.set(id, {
          id,
          method: method.toUpperCase(),
          path,
          description: typeof operation['description'] === 'string' ? operation['description'] : '',
          responses: operation['responses'] as Operation['responses'],
          parameters: (operation['parameters'] ?? []) as Operation['parameters'],
          requestBody: body?.content['application/json']?.schema,
        });
      }
    }
    this.operations = operations;
  }

  /**
   * Compares one answer with what the document says of it.
   *
   * @returns what is wrong, empty when nothing is
   */
  check(operation: Operation, status: number, mediaType: string, body: unknown): readonly string[] {
    const response = operation.responses[String(status)];
    if (response === undefined) return [`${operation.id}: status ${status} is not documented`];
    if (response.content === undefined) return body === undefined ? [] : [`${operation.id}: ${status} is documented without a body`];
    const schema = response.content[mediaType]?.schema;
    if (schema === undefined) return [`${operation.id}: ${status} as ${mediaType} is not documented`];
    const pointer = ['paths', operation.path, operation.method.toLowerCase(), 'responses', String(status), 'content', mediaType, 'schema'];
    const validate = this.validatorAt(pointer);
    if (validate(body)) return [];
    return (validate.errors ?? []).map((error) => `${operation.id} ${status}: ${error.instancePath || '/'} ${error.message ?? ''}`);
  }

  /** Follows a reference inside the document. */
  resolve(schema: Json): Json {
    const reference = schema['$ref'];
    if (typeof reference !== 'string') return schema;
    const found = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((at, key) => (at as Json)[key.replaceAll('~1', '/').replaceAll('~0', '~')], this.document);
    return this.resolve(found as Json);
  }

  private validatorAt(pointer: readonly string[]): ValidateFunction {
    const reference = `openapi#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`;
    const known = this.#validators.get(reference);
    if (known !== undefined) return known;
    const validate = this.#ajv.compile({ $ref: reference });
    this.#validators.set(reference, validate);
    return validate;
  }
}
