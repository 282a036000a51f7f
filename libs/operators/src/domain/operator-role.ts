/** The roles of operators. `ROLE_PERMISSIONS` of `#zakops/auth` has the permissions of each. */
export const OPERATOR_ROLES = ['admin', 'oncall', 'analyst', 'viewer'] as const;

/** One of {@link OPERATOR_ROLES}. */
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** The words that clients may write for a role. The original system called analysts `operator` in one place. */
export const ROLE_WORDS = [...OPERATOR_ROLES, 'operator'] as const;

/** The role of a word. */
export function roleOf(word: (typeof ROLE_WORDS)[number]): OperatorRole {
  return word === 'operator' ? 'analyst' : word;
}

/** `invited` until the first password is set, then `active`; `disabled` cannot log in. */
export const OPERATOR_STATUSES = ['invited', 'active', 'disabled'] as const;

/** One of {@link OPERATOR_STATUSES}. */
export type OperatorStatus = (typeof OPERATOR_STATUSES)[number];
