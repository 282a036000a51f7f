import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { isApiKey } from '../api-keys/api-key-text.js';
import { ApiKeyStore } from '../api-keys/api-key.store.js';
import type { Principal } from '../principal.js';
import { RoleScopes } from '../role-scopes.js';
import { bearerTokenOf } from './bearer-token.js';
import type { FoundIdentity } from './identity.js';
import { IdentityStrategy } from './identity.strategy.js';

const NEVER_FRESH = 0;

/** Identifies the owner of an API key. A key with a wrong checksum costs no query. */
@Injectable()
export class ApiKeyStrategy extends IdentityStrategy {
  override readonly name = 'api-key';

  constructor(
    private readonly apiKeys: ApiKeyStore,
    private readonly roles: RoleScopes,
  ) {
    super();
  }

  protected override async find(request: IncomingMessage): Promise<FoundIdentity | undefined> {
    const key = bearerTokenOf(request.headers.authorization);
    if (key === undefined || !isApiKey(key)) return undefined;
    const row = await this.apiKeys.find(key);
    if (row === undefined) return undefined;
    const principal: Principal = {
      kind: 'api_key',
      id: row.operator_id,
      email: row.email,
      name: row.name,
      role: row.role,
      scopes: this.roles.ofKey(row.scopes, row.role),
      apiKeyId: row.api_key_id,
    };
    return {
      identity: {
        principal,
        actor: { type: 'api_key', id: row.api_key_id },
        rateSubject: `api_key:${row.api_key_id}`,
        freshUntil: NEVER_FRESH,
        mustChangePassword: false,
        csrfTokens: undefined,
        isReplaced: false,
      },
      validMs: row.valid_ms ?? Number.POSITIVE_INFINITY,
    };
  }
}
