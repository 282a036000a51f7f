import { PERMISSIONS, ROLE_PERMISSIONS } from './permissions.js';

// Rows of the documented table: admin, analyst, viewer.
const TABLE: Readonly<Record<string, string>> = {
  'deals:read': 'xxx',
  'deals:write': 'xx-',
  'deals:delete': 'x--',
  'actions:read': 'xxx',
  'actions:approve': 'xx-',
  'actions:execute': 'xx-',
  'artifacts:read': 'xxx',
  'artifacts:write': 'xx-',
  'quarantine:read': 'xxx',
  'quarantine:process': 'xx-',
  'agent:read': 'xxx',
  'agent:execute': 'xx-',
  'admin:users': 'x--',
  'admin:system': 'x--',
};

describe('ROLE_PERMISSIONS', () => {
  it('is the documented table', () => {
    const { admin, analyst, viewer } = ROLE_PERMISSIONS;
    const rows = PERMISSIONS.map((permission) => [
      permission,
      [admin, analyst, viewer].map((role) => (role.has(permission) ? 'x' : '-')).join(''),
    ]);
    expect(Object.fromEntries(rows)).toEqual(TABLE);
  });
});
