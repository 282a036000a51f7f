import { DomainError } from '#zakops/kernel';
import { problemBody } from './problem-body.js';

const OCCURRENCE = { path: '/api/deals/DEAL-000001', traceId: 'a'.repeat(32), at: new Date('2026-01-31T12:00:00Z') };

describe(problemBody.name, () => {
  it('writes the problem and the older error object', () => {
    const error = new DomainError({
      code: 'INVALID_STAGE_TRANSITION',
      category: 'rule_broken',
      detail: 'A deal cannot go from inbound to closing.',
      context: { allowed_stages: ['screening'] },
      fields: [{ pointer: '/new~1stage/0', detail: 'is not allowed', code: 'NOT_ALLOWED' }],
    });
    expect(problemBody(error, OCCURRENCE)).toEqual({
      type: '/problems/invalid-stage-transition',
      title: 'Stage transition not allowed',
      status: 422,
      detail: 'A deal cannot go from inbound to closing.',
      instance: '/api/deals/DEAL-000001',
      code: 'INVALID_STAGE_TRANSITION',
      traceId: 'a'.repeat(32),
      allowed_stages: ['screening'],
      errors: [{ pointer: '/new~1stage/0', detail: 'is not allowed', code: 'NOT_ALLOWED' }],
      error: {
        code: 'INVALID_STAGE_TRANSITION',
        message: 'A deal cannot go from inbound to closing.',
        details: [{ field: 'new/stage.0', message: 'is not allowed', code: 'NOT_ALLOWED' }],
        trace_id: 'a'.repeat(32),
        timestamp: '2026-01-31T12:00:00.000Z',
      },
    });
  });

  it('does not let the context of an error replace a standard member', () => {
    const context = { type: 'x', title: 'x', status: 200, detail: 'x', instance: 'x', code: 'x', traceId: 'x', error: 'x' };
    const body = problemBody(new DomainError({ code: 'CONFLICT', category: 'conflict', detail: 'No.', context }), OCCURRENCE);
    expect(JSON.stringify(body)).not.toContain('"x"');
    expect(body.status).toBe(409);
  });

  it('names at most 100 fields', () => {
    const fields = Array.from({ length: 500 }, (_, n) => ({ pointer: `/${String(n)}`, detail: 'is wrong', code: 'X' }));
    const body = problemBody(new DomainError({ code: 'VALIDATION_ERROR', category: 'invalid_input', detail: 'No.', fields }), OCCURRENCE);
    expect([body.errors?.length, body.error.details.length]).toEqual([100, 100]);
  });
});
