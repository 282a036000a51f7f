import { Operator } from './operator.js';
import type { OperatorState } from './operator.js';

const ADMIN: OperatorState = {
  id: 'id',
  email: 'ann@example.com',
  name: 'Ann',
  role: 'admin',
  status: 'active',
  hasPassword: true,
  version: 3,
};

describe(Operator.name, () => {
  it('is invited without a password, and active with one', () => {
    const invited = Operator.create('ann@example.com', 'Ann', 'viewer', false);
    expect(invited.state).toMatchObject({ status: 'invited', hasPassword: false, version: 1 });
    expect(invited.setPassword()).toEqual({ before: { status: 'invited' }, after: { status: 'active' } });
    expect(invited.state).toMatchObject({ status: 'active', hasPassword: true, version: 2 });
    expect(Operator.create('ann@example.com', 'Ann', 'viewer', true).state.status).toBe('active');
  });

  it('grows its version with what differs, and with nothing else', () => {
    const operator = Operator.restore(ADMIN);
    expect(operator.change({ name: ' Ann ', role: 'admin', status: 'active' })).toBeNull();
    expect(operator.state).toEqual(ADMIN);
    expect(operator.change({ name: 'Anna', role: 'viewer' })).toEqual({
      before: { name: 'Ann', role: 'admin' },
      after: { name: 'Anna', role: 'viewer' },
    });
    expect(operator.state).toEqual({ ...ADMIN, name: 'Anna', role: 'viewer', version: 4 });
  });

  it('is invited again when it is let in again before it ever set a password', () => {
    const operator = Operator.restore({ ...ADMIN, status: 'disabled', hasPassword: false });
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
        operator.takePasswordAway();
      },
      true,
    ],
  ])('knows whether it leaves the administration: %s', (_what, verb, leaves) => {
    const operator = Operator.restore(ADMIN);
    verb(operator);
    expect(operator.leavesAdministration).toBe(leaves);
    const never = Operator.restore({ ...ADMIN, hasPassword: false });
    verb(never);
    expect(never.leavesAdministration).toBe(false);
  });

  it('refuses a change that is based on another version', () => {
    const operator = Operator.restore(ADMIN);
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
    expect(() => Operator.restore(ADMIN).change({ name })).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }) as Error);
  });
});
