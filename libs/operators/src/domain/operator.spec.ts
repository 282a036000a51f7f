import { newOperator, Operator } from './operator.js';
import type { OperatorState } from './operator.js';

const ADMIN: OperatorState = {
  id: 'id',
  email: 'ann@example.com',
  name: 'Ann',
  role: 'admin',
  status: 'active',
  hasPassword: true,
  mustChangePassword: false,
  lockedUntil: null,
  lastLoginAt: null,
  passwordChangedAt: null,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  version: 3,
};

describe(Operator.name, () => {
  it('is invited without a password, and active with one', () => {
    expect(newOperator('ann@example.com', 'Ann', 'viewer', false).status).toBe('invited');
    expect(newOperator('ann@example.com', 'Ann', 'viewer', true).status).toBe('active');
    const invited = new Operator({ ...ADMIN, status: 'invited', hasPassword: false, version: 1 });
    expect(invited.setPassword()).toEqual({ before: { status: 'invited' }, after: { status: 'active' } });
    expect(invited.state).toMatchObject({ status: 'active', hasPassword: true, version: 2 });
  });

  it('grows its version with what differs, and with nothing else', () => {
    const operator = new Operator(ADMIN);
    expect(operator.change({ name: ' Ann ', role: 'admin', status: 'active' })).toBeNull();
    expect(operator.state).toEqual(ADMIN);
    expect(operator.change({ name: 'Anna', role: 'viewer' })).toEqual({
      before: { name: 'Ann', role: 'admin' },
      after: { name: 'Anna', role: 'viewer' },
    });
    expect(operator.state).toEqual({ ...ADMIN, name: 'Anna', role: 'viewer', version: 4 });
  });

  it('is invited again when it is let in again before it ever set a password', () => {
    const operator = new Operator({ ...ADMIN, status: 'disabled', hasPassword: false });
    operator.change({ status: 'active' });
    expect(operator.state.status).toBe('invited');
  });

  it.each<[string, (operator: Operator) => unknown, boolean]>([
    ['a new name', (operator) => operator.change({ name: 'Anna' }), false],
    ['another role', (operator) => operator.change({ role: 'analyst' }), true],
    ['being disabled', (operator) => operator.change({ status: 'disabled' }), true],
    [
      'losing the password',
      (operator) => {
        operator.removePassword();
      },
      true,
    ],
  ])('knows whether it leaves the administration: %s', (_what, verb, leaves) => {
    const operator = new Operator(ADMIN);
    verb(operator);
    expect(operator.leavesAdministration).toBe(leaves);
    const never = new Operator({ ...ADMIN, hasPassword: false });
    verb(never);
    expect(never.leavesAdministration).toBe(false);
  });

  it('refuses a change that is based on another version', () => {
    const operator = new Operator(ADMIN);
    operator.requireVersion(undefined);
    operator.requireVersion(new Set([1, 3]));
    expect(() => {
      operator.requireVersion(new Set([2]));
    }).toThrow(expect.objectContaining({ code: 'PRECONDITION_FAILED' }) as Error);
    expect(() => {
      operator.requireVersion(new Set());
    }).toThrow(expect.objectContaining({ code: 'PRECONDITION_FAILED' }) as Error);
  });

  it.each(['', '   ', 'x'.repeat(201)])('refuses the name %j', (name) => {
    expect(() => new Operator(ADMIN).change({ name })).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }) as Error);
  });
});
