import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { API_KEY_IS_VALID } from '../api-keys/api-key.sql.js';
import type { Role } from '../permissions.js';
import type { Principal } from '../principal.js';
import { RoleScopes } from '../role-scopes.js';
import { SESSION_IS_VALID } from '../sessions/session.sql.js';

interface ValidRow {
  readonly id: string;
  readonly role: Role;
  /** Null for a session. */
  readonly scopes: readonly string[] | null;
}

// $1 ids of sessions, $2 ids of keys.
const STILL_VALID = prepared(`
  SELECT s.id, o.role, NULL::text[] AS scopes
    FROM zakops.sessions s JOIN zakops.operators o ON o.id = s.operator_id
   WHERE s.id = ANY ($1::uuid[]) AND ${SESSION_IS_VALID} AND o.status = 'active' AND NOT o.must_change_password
  UNION ALL
  SELECT k.id, o.role, k.scopes
    FROM zakops.api_keys k JOIN zakops.operators o ON o.id = k.operator_id
   WHERE k.id = ANY ($2::uuid[]) AND ${API_KEY_IS_VALID} AND o.status = 'active'`);

/** Finds principals that have lost access since their requests began; for open streams. */
@Injectable()
export class PrincipalCheck {
  constructor(
    private readonly database: Database,
    private readonly roles: RoleScopes,
  ) {}

  /**
   * Finds the principals whose session or key has ended, or that have lost a scope. One query at most, and none for the development
   * operator. Does not count as use of a session.
   *
   * @throws DatabaseUnavailableError
   */
  async findLapsed(principals: Iterable<Principal>): Promise<ReadonlySet<Principal>> {
    const asked = [...principals].filter(({ kind }) => kind !== 'development');
    if (asked.length === 0) return new Set();
    const sessions = new Set(asked.flatMap(({ sessionId }) => sessionId ?? []));
    const apiKeys = new Set(asked.flatMap(({ apiKeyId }) => apiKeyId ?? []));
    const rows = await this.database.query<ValidRow>(STILL_VALID, [[...sessions], [...apiKeys]]);
    const scopesNow = new Map(
      rows.map(({ id, role, scopes }) => [id, scopes === null ? this.roles.ofRole(role) : this.roles.ofKey(scopes, role)]),
    );
    return new Set(
      asked.filter(({ sessionId, apiKeyId, scopes }) => {
        const now = scopesNow.get(sessionId ?? apiKeyId ?? '');
        return now === undefined || [...scopes].some((scope) => !now.has(scope));
      }),
    );
  }
}
