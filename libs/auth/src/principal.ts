import { SCOPES } from './permissions.js';
import type { Role, Scope } from './permissions.js';

/** The caller of a request. */
export interface Principal {
  /** An operator with a session, an API key of an operator, or the development operator. */
  readonly kind: 'operator' | 'api_key' | 'development';
  /** UUID of the operator, or of the owner of the key. */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** The role of the operator. A key may do less: see {@link scopes}. */
  readonly role: Role;
  /** What this principal may do now. */
  readonly scopes: ReadonlySet<Scope>;
  /** Set for an operator. */
  readonly sessionId?: string;
  /** Set for a key. */
  readonly apiKeyId?: string;
  /** When the password was last given, by the clock of the database; set for an operator. */
  readonly authenticatedAt?: Date;
  /** The `X-CSRF-Token` of its requests; set for an operator. */
  readonly csrfToken?: string;
}

/** The principal of unknown callers while `AUTH_REQUIRED` is false. A production process refuses to start with that. */
export const DEVELOPMENT_OPERATOR: Principal = {
  kind: 'development',
  id: '00000000-0000-0000-0000-000000000001',
  email: 'dev@zakops.local',
  name: 'Development operator',
  role: 'admin',
  scopes: new Set(SCOPES),
};

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by the guard; undefined for a caller who is not known, and on a public route that does not identify. */
    principal?: Principal;
  }
}
