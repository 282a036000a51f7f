import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { PROBLEM_CODES } from '../problem/problem-codes.js';
import type { ProblemCode } from '../problem/problem-codes.js';
import { Problem } from './problem.schema.js';

/** The media type of every answer outside 2xx. */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Documents the problems of an operation. `ApiDocument` adds those of every operation: 400, 401, 403, 500, 503, and with a body 413 and 415. */
export function ProblemResponses(...codes: readonly ProblemCode[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of codes) byStatus.set(PROBLEM_CODES[code].status, [...(byStatus.get(PROBLEM_CODES[code].status) ?? []), code]);
  return applyDecorators(
    ApiExtraModels(Problem),
    ...[...byStatus].map(([status, ofStatus]) =>
      ApiResponse({
        status,
        description: ofStatus.map((code) => `\`${code}\`: ${PROBLEM_CODES[code].title}.`).join(' '),
        content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: getSchemaPath(Problem) } } },
      }),
    ),
  );
}
