import { PermissionDeniedError } from '#zakops/auth';

/** Dead letters that every operator of the system may discard at once. */
const SMALL_PURGE = 100;

/** @throws PermissionDeniedError when so many may be discarded only with the permission `admin:purge` */
export function requireMayPurge(count: number, mayPurge: boolean): void {
  if (count > SMALL_PURGE && !mayPurge) throw new PermissionDeniedError('admin:purge');
}
