import { Injectable } from '@nestjs/common';
import { AuthConfig } from './auth.config.js';
import { effectiveScopes, ROLES, scopesOfRole } from './permissions.js';
import type { Role, Scope } from './permissions.js';

/** What roles and keys may do with the settings of this process. */
@Injectable()
export class RoleScopes {
  readonly #scopes: ReadonlyMap<Role, ReadonlySet<Scope>>;

  constructor({ opsReaders }: AuthConfig) {
    this.#scopes = new Map(ROLES.map((role) => [role, scopesOfRole(role, opsReaders)]));
  }

  /** The scopes of an operator; none for a role that only a newer build knows. */
  ofRole(role: Role): ReadonlySet<Scope> {
    return this.#scopes.get(role) ?? new Set();
  }

  /** The scopes of a key that its owner holds now. */
  ofKey(keyScopes: readonly string[], ownerRole: Role): ReadonlySet<Scope> {
    return effectiveScopes(keyScopes, this.ofRole(ownerRole));
  }
}
