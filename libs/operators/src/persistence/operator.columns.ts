import { isAhead } from '#zakops/database';
import { LONGEST_LOCK_SECONDS } from '../domain/login-delay.js';

const IS_LOCKED = isAhead('locked_until', `interval '${String(LONGEST_LOCK_SECONDS)} seconds'`);

/** The columns of `OperatorState`. */
export const OPERATOR_COLUMNS = `id, email, name, role, status, password_hash IS NOT NULL AS "hasPassword",
  must_change_password AS "mustChangePassword", CASE WHEN ${IS_LOCKED} THEN locked_until END AS "lockedUntil",
  last_login_at AS "lastLoginAt", password_changed_at AS "passwordChangedAt", created_at AS "createdAt", updated_at AS "updatedAt", version`;
