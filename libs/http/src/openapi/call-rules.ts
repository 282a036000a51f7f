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

// In quotes it may have two characters more, and one for each that is escaped.
const KEY_SCHEMA = { type: 'string', minLength: 1, maxLength: 512, pattern: '^[!-~]+$' } as const;

const KEY_HEADERS: readonly Parameter[] = [
  {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'Your name for this call, such as a UUID: repeated with the same key, it has no second effect and gets the first answer. 1 to 255 visible ASCII characters, bare or as a quoted string (`"..."`): both forms are the same key.',
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

const CSRF_HEADER: Parameter = {
  name: 'X-CSRF-Token',
  in: 'header',
  required: false,
  description:
    'The token of the session, from login or `GET /api/auth/me`. Needed beside a session cookie; a call with an API key has none.',
  schema: { type: 'string', maxLength: 200 },
};

const REPLAYED: Headers = {
  'Idempotency-Replayed': {
    description: '`true` when this is the answer to an earlier call with the same key.',
    required: false,
    schema: { type: 'string' },
  },
};

const IF_NONE_MATCH: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  description: 'The `ETag` of what you have, or several: 304 without a body while one of them holds.',
  schema: { type: 'string' },
};

const TAGGED: Headers = {
  ETag: {
    description: 'Covers the whole body and the place of the next page. With a version in front it serves for `If-Match` of a change.',
    required: true,
    schema: { type: 'string' },
  },
  'Cache-Control': {
    description: '`private, no-cache`: keep it for yourself, and ask with `If-None-Match` each time.',
    required: true,
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

/** Describes what no route says for itself: idempotency keys of POST and PATCH, conditions, and rate limits. */
export function addCallRules(operation: Operation, method: string, isPublic: boolean): void {
  if ((method === 'post' || method === 'patch') && !isPublic) {
    operation.parameters = [...(operation.parameters ?? []), ...KEY_HEADERS];
    addHeaders(operation, (status) => status.startsWith('2'), REPLAYED);
    addCodes(operation, 'IDEMPOTENCY_KEY_IN_USE', 'IDEMPOTENCY_KEY_REUSED');
    if (SECRET_ANSWER_EXTENSION in operation) addCodes(operation, 'IDEMPOTENT_ANSWER_WAS_SECRET');
  }
  if (method !== 'get' && !isPublic && takesSession(operation)) operation.parameters = [...(operation.parameters ?? []), CSRF_HEADER];
  // A page may hold the token of a session that another tab has just replaced.
  if (method !== 'get' && !isPublic) addCodes(operation, 'SESSION_REPLACED');
  if (method === 'patch') addCodes(operation, 'PRECONDITION_REQUIRED');
  addConditions(operation, method);
  if (operation.requestBody !== undefined) addCodes(operation, 'REQUEST_TIMEOUT');
  // Probes are not counted; a public route that is names the problem itself.
  if (!isPublic) addCodes(operation, 'RATE_LIMITED');
  if ('429' in operation.responses) addHeaders(operation, () => true, RATE_LIMIT);
}

function takesSession({ security = [] }: Operation): boolean {
  return security.some((requirement) => 'session' in requirement);
}

/** Every JSON answer to a GET has a tag, and any request may have conditions. */
function addConditions(operation: Operation, method: string): void {
  const read = method === 'get' ? operation.responses['200'] : undefined;
  if (method === 'get' && !isJson(read)) return;
  if (!('412' in operation.responses)) addCodes(operation, 'PRECONDITION_FAILED');
  if (method !== 'get') return;
  operation.parameters = [...(operation.parameters ?? []), IF_NONE_MATCH];
  addHeaders(operation, (status) => status === '200', TAGGED);
  operation.responses['304'] = { description: 'What you have is what there is.', headers: TAGGED };
}

function isJson(response: Operation['responses'][string]): boolean {
  if (response === undefined || '$ref' in response) return false;
  return response.content === undefined || 'application/json' in response.content;
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
