import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../principal.js';
import { RoleScopes } from '../role-scopes.js';
import { SessionCookies } from '../sessions/session-cookies.js';
import { SessionSigner } from '../sessions/session-signer.js';
import { SessionStore } from '../sessions/session.store.js';
import type { FoundIdentity } from './identity.js';
import { IdentityStrategy } from './identity.strategy.js';

/** How long a password stays fresh. */
export const FRESH_MS = 900_000;

/** Identifies the operator of a session cookie. A forged cookie costs no query. */
@Injectable()
export class SessionStrategy extends IdentityStrategy {
  override readonly name = 'session-cookie';

  constructor(
    private readonly cookies: SessionCookies,
    private readonly signer: SessionSigner,
    private readonly sessions: SessionStore,
    private readonly roles: RoleScopes,
  ) {
    super();
  }

  protected override async find(request: IncomingMessage): Promise<FoundIdentity | undefined> {
    const [value] = this.cookies.read(request);
    const token = value === undefined ? undefined : this.signer.verify(value);
    if (token === undefined) return undefined;
    const askedAt = performance.now();
    const row = await this.sessions.find(token);
    if (row === undefined) return undefined;
    const principal: Principal = {
      kind: 'operator',
      id: row.operator_id,
      email: row.email,
      name: row.name,
      role: row.role,
      scopes: this.roles.ofRole(row.role),
      sessionId: row.session_id,
      authenticatedAt: row.authenticated_at,
      csrfToken: this.signer.csrfToken(token),
    };
    return {
      identity: {
        principal,
        actor: { type: 'user', id: row.email },
        rateSubject: `operator:${row.operator_id}`,
        freshUntil: row.authenticated_ago === null ? 0 : askedAt + FRESH_MS - row.authenticated_ago,
        mustChangePassword: row.must_change_password,
        csrfTokens: this.signer.csrfTokens(token),
        isReplaced: row.is_replaced,
      },
      validMs: row.valid_ms,
    };
  }
}
