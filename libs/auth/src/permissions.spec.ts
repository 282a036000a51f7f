import { effectiveScopes, PERMISSIONS, ROLE_PERMISSIONS, ROLES, scopesOfRole } from './permissions.js';

// Rows of the documented table: admin, oncall, analyst, viewer.
const TABLE: Readonly<Record<string, string>> = {
  'deals:read': 'xxxx',
  'deals:write': 'x-x-',
  'deals:delete': 'x---',
  'actions:read': 'xxxx',
  'actions:approve': 'x-x-',
  'actions:execute': 'x-x-',
  'artifacts:read': 'xxxx',
  'artifacts:write': 'x-x-',
  'quarantine:read': 'xxxx',
  'quarantine:process': 'x-x-',
  'agent:read': 'xxxx',
  'agent:execute': 'x-x-',
  'admin:users': 'x---',
  'admin:system': 'xx--',
  'admin:purge': 'x---',
};

describe('ROLE_PERMISSIONS', () => {
  it('is the documented table', () => {
    const { admin, oncall, analyst, viewer } = ROLE_PERMISSIONS;
    const rows = PERMISSIONS.map((permission) => [
      permission,
      [admin, oncall, analyst, viewer].map((role) => (role.has(permission) ? 'x' : '-')).join(''),
    ]);
    expect(Object.fromEntries(rows)).toEqual(TABLE);
  });
});

describe(scopesOfRole.name, () => {
  it.each([
    ['everyone', ['admin', 'oncall', 'analyst', 'viewer']],
    ['admins', ['admin', 'oncall']],
  ] as const)('lets %s read stats', (readers, expected) => {
    expect(ROLES.filter((role) => scopesOfRole(role, readers).has('admin:stats'))).toEqual(expected);
  });

  it('is all that a key can have', () => {
    expect([...effectiveScopes(['deals:write', 'admin:stats', 'gone:scope'], scopesOfRole('viewer', 'everyone'))]).toEqual(['admin:stats']);
  });
});
