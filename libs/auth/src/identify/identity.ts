import type { Actor } from '#zakops/kernel';
import type { Principal } from '../principal.js';

/** A principal, and what its requests are checked against. */
export interface Identity {
  readonly principal: Principal;
  /** The actor in events and in the audit log. */
  readonly actor: Actor;
  /** Calls with the same subject are counted together. */
  readonly rateSubject: string;
  /** Until when the password is fresh, by `performance.now()`. */
  readonly freshUntil: number;
  /** While true it may only change its password, or log out. */
  readonly mustChangePassword: boolean;
  /** A request that changes state must carry one of these; undefined for credentials that no browser adds to a request. */
  readonly csrfTokens: readonly Buffer[] | undefined;
  /** True for a session that was replaced a moment ago: it may only read. */
  readonly isReplaced: boolean;
}

/** The result of a look-up. */
export interface FoundIdentity {
  readonly identity: Identity;
  /** Milliseconds until it expires, by the clock of the database, from the moment of the query. */
  readonly validMs: number;
}
