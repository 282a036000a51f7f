import { PROBLEM_CODES } from '../problem/problem-codes.js';
import type { ProblemCode } from '../problem/problem-codes.js';
import { problemType } from '../problem/problem-page.js';
import type { Operation } from './call-rules.js';
import { PROBLEM_MEDIA_TYPE } from './problem-responses.js';

/** Problems that many operations have in the same way: their examples are shared. */
const SHARED: ReadonlySet<string> = new Set<ProblemCode>([
  'BAD_REQUEST',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'CSRF_REJECTED',
  'REAUTHENTICATION_REQUIRED',
  'REQUEST_TIMEOUT',
  'SESSION_REPLACED',
  'IDEMPOTENCY_KEY_IN_USE',
  'IDEMPOTENCY_KEY_REUSED',
  'IDEMPOTENT_ANSWER_WAS_SECRET',
  'PRECONDITION_FAILED',
  'PRECONDITION_REQUIRED',
  'PAYLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'RATE_LIMITED',
  'INTERNAL_ERROR',
  'SERVICE_UNAVAILABLE',
]);

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const AT = '2026-01-31T12:00:00.000Z';

type Parameter = Exclude<NonNullable<Operation['parameters']>[number], { readonly $ref: string }>;
type Example = Readonly<Record<string, unknown>>;

/** The shared examples by their codes, for `components.examples`. */
export function sharedProblemExamples(): Record<string, { readonly summary: string; readonly value: Example }> {
  return Object.fromEntries(
    ([...SHARED] as ProblemCode[]).map((code) => [
      code,
      { summary: PROBLEM_CODES[code].title, value: problemExample(code, '/api/deals', {}) },
    ]),
  );
}

/** Gives each problem of an operation an example for each of its codes, with the path and a field of this operation. */
export function addProblemExamples(operation: Operation, path: string): void {
  const instance = examplePath(path, parametersOf(operation));
  for (const response of Object.values(operation.responses)) {
    if (response === undefined || '$ref' in response) continue;
    const content = response.content?.[PROBLEM_MEDIA_TYPE];
    if (content === undefined) continue;
    content.examples = Object.fromEntries(
      codesIn(response.description).map((code) => [
        code,
        SHARED.has(code)
          ? { $ref: `#/components/examples/${code}` }
          : { summary: PROBLEM_CODES[code].title, value: problemExample(code, instance, fieldsOf(code, operation)) },
      ]),
    );
  }
}

/** The codes of a description that `ProblemResponses` has written: each stands in back quotes before its title. */
function codesIn(description: string): readonly ProblemCode[] {
  return [...description.matchAll(/`([A-Z_]+)`:/g)].flatMap(([, code = '']) => (isCode(code) ? [code] : []));
}

function isCode(text: string): text is ProblemCode {
  return Object.hasOwn(PROBLEM_CODES, text);
}

function problemExample(code: ProblemCode, instance: string, more: Example): Example {
  const { status, title } = PROBLEM_CODES[code];
  return {
    type: problemType(code),
    title,
    status,
    detail: `${title}.`,
    instance,
    code,
    traceId: TRACE_ID,
    ...more,
    error: { code, message: `${title}.`, details: [], trace_id: TRACE_ID, timestamp: AT },
  };
}

/** What a refused field looks like: the first parameter of the query or the path, as this operation names it. */
function fieldsOf(code: ProblemCode, operation: Operation): Example {
  if (code !== 'VALIDATION_ERROR') return {};
  const parameter = parametersOf(operation).find(({ in: place }) => place === 'query' || place === 'path');
  if (parameter === undefined) return {};
  return { errors: [{ pointer: parameter.name, detail: 'must be a text', code: 'INVALID_TYPE' }] };
}

function examplePath(path: string, parameters: readonly Parameter[]): string {
  return parameters.reduce((text, { name, in: place, example, schema }) => {
    const given: unknown = example ?? (schema !== undefined && !('$ref' in schema) ? schema.example : undefined);
    return place === 'path' ? text.replace(`{${name}}`, typeof given === 'string' ? given : '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d') : text;
  }, path);
}

function parametersOf(operation: Operation): readonly Parameter[] {
  return (operation.parameters ?? []).filter((parameter): parameter is Parameter => 'name' in parameter);
}
