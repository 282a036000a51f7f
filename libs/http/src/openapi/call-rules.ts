import type { OpenAPIObject } from '@nestjs/swagger';
import { getSchemaPath } from '@nestjs/swagger';
import { deprecationSentence } from '../deprecation/deprecations.js';
import { PROBLEM_CODES } from '../problem/problem-codes.js';
import type { ProblemCode } from '../problem/problem-codes.js';
import { SECRET_ANSWER_EXTENSION } from '../secret-answer.js';
import { PROBLEM_MEDIA_TYPE } from './problem-responses.js';
import { Problem } from './problem.schema.js';

/** An operation of the document. */
export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

type Parameter = NonNullable<Operation['parameters']>[number];
type Headers = Readonly<Record<string, { readonly description: string; readonly required: boolean; readonly schema: { type: 'string' } }>>;

const KEY_SCHEMA = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' } as const;

const KEY_HEADERS: readonly Parameter[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description: 'Your name for this call, such as a UUID: repeated with the same key, it has no second effect and gets the first answer.',
    schema: KEY_SCHEMA,
  },
  {
    name: 'X-Idempotency-Key',
    in: 'header',
    required: false,
    deprecated: true,
    description: deprecationSentence('olderKeyName'),
    schema: KEY_SCHEMA,
  },
];

const REPLAYED: Headers = {
  'Idempotency-Replayed': {
    description: '`true` when this is the answer to an earlier call with the same key.',
    required: false,
    schema: { type: 'string' },
  },
};

const RATE_LIMIT: Headers = {
  RateLimit: { description: 'What is left: `"general";r=599;t=42`, `t` in seconds.', required: false, schema: { type: 'string' } },
  'RateLimit-Policy': {
    description: 'What is allowed: `"general";q=600;w=60`, `w` in seconds.',
    required: false,
    schema: { type: 'string' },
  },
};

/** Describes what no route says for itself: idempotency keys of POST and PATCH, the precondition of PATCH, and rate limits. */
export function addCallRules(operation: Operation, method: string, isPublic: boolean): void {
  if ((method === 'post' || method === 'patch') && !isPublic) {
    operation.parameters = [...(operation.parameters ?? []), ...KEY_HEADERS];
    addHeaders(operation, (status) => status.startsWith('2'), REPLAYED);
    addCodes(operation, 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED');
    if (SECRET_ANSWER_EXTENSION in operation) addCodes(operation, 'IDEMPOTENT_ANSWER_WAS_SECRET');
  }
  // A page may hold the token of a session that another tab has just replaced.
  if (method !== 'get' && !isPublic) addCodes(operation, 'SESSION_REPLACED');
  if (method === 'patch') addCodes(operation, 'PRECONDITION_REQUIRED');
  if (operation.requestBody !== undefined) addCodes(operation, 'REQUEST_TIMEOUT');
  // Probes are not counted; a public route that is names the problem itself.
  if (!isPublic) addCodes(operation, 'RATE_LIMITED');
  if ('429' in operation.responses) addHeaders(operation, () => true, RATE_LIMIT);
}

function addHeaders(operation: Operation, wanted: (status: string) => boolean, headers: Headers): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response === undefined || '$ref' in response || !wanted(status)) continue;
    response.headers = { ...(response.headers ?? {}), ...headers };
  }
}

/** Adds codes to the problems of an operation, beside those that it names itself for the same status. */
function addCodes(operation: Operation, ...codes: readonly ProblemCode[]): void {
  for (const code of codes) {
    const { status, title } = PROBLEM_CODES[code];
    const line = `\`${code}\`: ${title}.`;
    const known = operation.responses[String(status)];
    if (known !== undefined && 'description' in known) known.description = `${known.description} ${line}`;
    else operation.responses[String(status)] = { description: line, content: problemContent() };
  }
}

function problemContent(): Record<string, { schema: { $ref: string } }> {
  return { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(Problem) } } };
}
