import type { Role } from './permissions.js';

/** Who makes a request. */
export interface Principal {
  /** UUID of the operator. */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** The operator that every request acts as while `AUTH_REQUIRED` is false. Never in production: the process refuses to start there. */
export const DEVELOPMENT_OPERATOR: Principal = {
  id: '00000000-0000-0000-0000-000000000001',
  email: 'dev@zakops.local',
  name: 'Development operator',
  role: 'admin',
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
