/** Every permission. A route that is not open to every operator requires exactly one. */
export const PERMISSIONS = [
  'deals:read',
  'deals:write',
  'deals:delete',
  'actions:read',
  'actions:approve',
  'actions:execute',
  'artifacts:read',
  'artifacts:write',
  'quarantine:read',
  'quarantine:process',
  'agent:read',
  'agent:execute',
  'admin:users',
  'admin:system',
  'admin:purge',
] as const;

/** One of {@link PERMISSIONS}. */
export type Permission = (typeof PERMISSIONS)[number];

/** What an API key may be granted: the permissions, and `admin:stats` for reading statistics only. */
export const SCOPES = [...PERMISSIONS, 'admin:stats'] as const;

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** The roles of operators. */
export const ROLES = ['admin', 'oncall', 'analyst', 'viewer'] as const;

/** One of {@link ROLES}. */
export type Role = (typeof ROLES)[number];

const VIEWER: readonly Permission[] = ['deals:read', 'actions:read', 'artifacts:read', 'quarantine:read', 'agent:read'];

/** Operates the system and reads everything; changes no deal, manages no people, and removes nothing in bulk. */
const ONCALL: readonly Permission[] = [...VIEWER, 'admin:system'];

const ANALYST: readonly Permission[] = [
  ...VIEWER,
  'deals:write',
  'actions:approve',
  'actions:execute',
  'artifacts:write',
  'quarantine:process',
  'agent:execute',
];

/** The permissions of each role. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  admin: new Set(PERMISSIONS),
  oncall: new Set(ONCALL),
  analyst: new Set(ANALYST),
  viewer: new Set(VIEWER),
};

/** Who reads stats: every role, or only those who operate the system. */
export type StatsReaders = 'everyone' | 'admins';

/** The scopes that a role holds. */
export function scopesOfRole(role: Role, readers: StatsReaders): ReadonlySet<Scope> {
  const permissions = ROLE_PERMISSIONS[role];
  return readers === 'everyone' || permissions.has('admin:system') ? new Set<Scope>([...permissions, 'admin:stats']) : permissions;
}

/** The scopes of a key that its owner holds now. */
export function effectiveScopes(keyScopes: readonly string[], held: ReadonlySet<Scope>): ReadonlySet<Scope> {
  return new Set(SCOPES.filter((scope) => held.has(scope) && keyScopes.includes(scope)));
}
