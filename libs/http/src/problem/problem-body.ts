import type { DomainError } from '#zakops/kernel';
import type { Problem } from '../openapi/problem.schema.js';
import { statusOfError, titleOfError } from './problem-status.js';
import { problemType } from './problem-page.js';
import { sanitise } from './sanitise.js';

const MAX_INSTANCE_LENGTH = 500;
const MAX_FIELDS = 100;

/** The request that a problem body is about. */
export interface ProblemOccurrence {
  /** What was asked for, without its query. */
  readonly path: string;
  readonly traceId: string;
  readonly at: Date;
}

/**
 * Writes an error as problem details, with the older error object beside them.
 *
 * @remarks `context` of the error becomes members of the problem; it cannot replace the standard ones. At most 100 fields are named.
 */
export function problemBody(error: DomainError, occurrence: ProblemOccurrence): Problem {
  const detail = sanitise(error.detail);
  const fields = error.fields.slice(0, MAX_FIELDS).map((field) => ({ ...field, detail: sanitise(field.detail) }));
  return {
    ...error.context,
    type: problemType(error.code),
    title: titleOfError(error),
    status: statusOfError(error),
    detail,
    instance: occurrence.path.slice(0, MAX_INSTANCE_LENGTH),
    code: error.code,
    traceId: occurrence.traceId,
    ...(fields.length === 0 ? {} : { errors: fields }),
    error: {
      code: error.code,
      message: detail,
      details: fields.map((field) => ({ field: legacyName(field.pointer), message: field.detail, code: field.code })),
      trace_id: occurrence.traceId,
      timestamp: occurrence.at.toISOString(),
    },
  };
}

/** `/a/0/b` was written `a.0.b` before there were pointers. */
function legacyName(pointer: string): string {
  return pointer.replace(/^\//, '').replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~');
}
