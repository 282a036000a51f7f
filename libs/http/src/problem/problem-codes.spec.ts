import { DomainError } from '#zakops/kernel';
import { PROBLEM_CODES } from './problem-codes.js';
import { statusOfError } from './problem-status.js';

// The codes of the first version of this API, and the status that its clients know them by.
const FIRST_VERSION = {
  400: ['VALIDATION_ERROR', 'BAD_REQUEST'],
  401: ['UNAUTHORIZED'],
  403: ['FORBIDDEN'],
  404: ['NOT_FOUND', 'DEAL_NOT_FOUND', 'ACTION_NOT_FOUND', 'ARTIFACT_NOT_FOUND', 'QUARANTINE_ITEM_NOT_FOUND'],
  409: ['CONFLICT', 'ACTION_ALREADY_APPROVED', 'ACTION_ALREADY_REJECTED'],
  422: ['INVALID_STAGE_TRANSITION', 'APPROVAL_REQUIRED'],
  429: ['RATE_LIMITED'],
  500: ['INTERNAL_ERROR', 'DATABASE_ERROR', 'AGENT_ERROR', 'TOOL_EXECUTION_ERROR'],
  502: ['EXTERNAL_SERVICE_ERROR'],
  504: ['AGENT_TIMEOUT'],
};

describe('PROBLEM_CODES', () => {
  it('keeps every code of the first version at its status', () => {
    const table = PROBLEM_CODES as Readonly<Record<string, { status: number }>>;
    const pairs = Object.entries(FIRST_VERSION).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)]));
    expect(pairs).toHaveLength(21);
    expect(pairs.map(([code]) => [code, table[String(code)]?.status])).toEqual(pairs);
  });

  it('wins over the category, which decides for codes that it does not know', () => {
    const statusOf = (code: string): number => statusOfError(new DomainError({ code, category: 'unavailable', detail: 'x' }));
    expect([statusOf('EXTERNAL_SERVICE_ERROR'), statusOf('AGENT_TIMEOUT'), statusOf('toString'), statusOf('NEW')]).toEqual([
      502, 504, 503, 503,
    ]);
  });
});
