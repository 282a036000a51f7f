import { ROLE_SCOPES } from './permissions.js';
import type { Role, Scope } from './permissions.js';

/** Who makes a request. */
export interface Principal {
  /** An operator with a session, a key of an operator, or the stand-in for everybody while nobody has to log in. */
  readonly kind: 'operator' | 'api_key' | 'development';
  /** UUID of the operator; for a key that of its owner. */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Of the operator; what a key may do is in {@link scopes}. */
  readonly role: Role;
  /** All that this principal may do now. */
  readonly scopes: ReadonlySet<Scope>;
  /** Set for an operator. */
  readonly sessionId?: string;
  /** Set for a key. */
  readonly apiKeyId?: string;
  /** When the password was given last, by the clock of the database; set for an operator. */
  readonly authenticatedAt?: Date;
  /** What its requests send as `X-CSRF-Token`; set for an operator. */
  readonly csrfToken?: string;
}

/** The operator that every request acts as while `AUTH_REQUIRED` is false. Never in production: the process refuses to start there. */
export const DEVELOPMENT_OPERATOR: Principal = {
  kind: 'development',
  id: '00000000-0000-0000-0000-000000000001',
  email: 'dev@zakops.local',
  name: 'Development operator',
  role: 'admin',
  scopes: ROLE_SCOPES.admin,
};

const principals = new WeakMap<object, Principal>();

/** Notes who makes a request, once it is known. */
export function setPrincipal(request: object, principal: Principal): void {
  principals.set(request, principal);
}

/** Who makes a request; undefined on a public route. */
export function principalOf(request: object): Principal | undefined {
  return principals.get(request);
}
