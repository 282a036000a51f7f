/** What an operator may be. What each role may do is `ROLE_PERMISSIONS` of `#zakops/auth`. */
export const OPERATOR_ROLES = ['admin', 'analyst', 'viewer'] as const;

/** One of {@link OPERATOR_ROLES}. */
export type OperatorRole = (typeof OPERATOR_ROLES)[number];

/** What may be written for a role: the original called analysts `operator` in one place. */
export const ROLE_WORDS = [...OPERATOR_ROLES, 'operator'] as const;

/** The role that a word stands for. */
export function roleOf(word: (typeof ROLE_WORDS)[number]): OperatorRole {
  return word === 'operator' ? 'analyst' : word;
}

/** Where an operator stands: `invited` until the first password is set, then `active`; `disabled` may not come in. */
export const OPERATOR_STATUSES = ['invited', 'active', 'disabled'] as const;

/** One of {@link OPERATOR_STATUSES}. */
export type OperatorStatus = (typeof OPERATOR_STATUSES)[number];
