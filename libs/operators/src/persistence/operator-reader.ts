import { Database, isAhead } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { LONGEST_LOCK_SECONDS } from '../domain/login-delay.js';
import { OperatorNotFoundError } from '../domain/operator.errors.js';
import type { OperatorFilter, OperatorKey } from '../queries/list-operators/list-operators.query.js';
import type { OperatorView } from '../queries/operator.view.js';
import type { Page } from '../queries/page.js';

interface OperatorListRow extends OperatorView {
  readonly createdAtExact: string;
}

const IS_LOCKED = isAhead('locked_until', `interval '${String(LONGEST_LOCK_SECONDS)} seconds'`);

const COLUMNS = `id, email, name, role, status, password_hash IS NOT NULL AS "hasPassword", must_change_password AS "mustChangePassword",
  CASE WHEN ${IS_LOCKED} THEN locked_until END AS "lockedUntil", last_login_at AS "lastLoginAt",
  password_changed_at AS "passwordChangedAt", created_at AS "createdAt", updated_at AS "updatedAt", version`;

const GET = `SELECT ${COLUMNS} FROM zakops.operators WHERE id = $1`;

const LIST = `
  SELECT ${COLUMNS}, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "createdAtExact"
    FROM zakops.operators
   WHERE ($1::text IS NULL OR role = $1) AND ($2::text IS NULL OR status = $2)
     AND ($3::timestamptz IS NULL OR (created_at, id) > ($3, $4::uuid))
   ORDER BY created_at, id LIMIT $5`;

/** Reads operators for answers. */
@Injectable()
export class OperatorReader {
  constructor(private readonly database: Database) {}

  /** @throws OperatorNotFoundError */
  async get(operatorId: string): Promise<OperatorView> {
    const [row] = await this.database.query<OperatorView>(GET, [operatorId]);
    if (row === undefined) throw new OperatorNotFoundError(operatorId);
    return row;
  }

  /** @param limit - operators, 1 to 200 */
  async list({ role, status }: OperatorFilter, limit: number, after: OperatorKey | undefined): Promise<Page<OperatorView, OperatorKey>> {
    const parameters = [role ?? null, status ?? null, after?.createdAt ?? null, after?.id ?? null, limit + 1];
    const rows = await this.database.query<OperatorListRow>(LIST, parameters);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    // The extra row only tells that there is more.
    return { items, next: rows.length > limit && last !== undefined ? { createdAt: last.createdAtExact, id: last.id } : null };
  }
}
