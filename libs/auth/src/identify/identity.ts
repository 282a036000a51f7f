import type { Actor } from '#zakops/kernel';
import type { Principal } from '../principal.js';

/** A principal, with what a request of it is checked against. */
export interface Identity {
  readonly principal: Principal;
  /** As it is written into events and the audit log. */
  readonly actor: Actor;
  /** Whose calls are counted together. */
  readonly rateSubject: string;
  /** Until when, by `performance.now()`, the password counts as given a short time ago. */
  readonly freshUntil: number;
  /** While true it may do nothing but change its password. */
  readonly mustChangePassword: boolean;
  /** One of these must come with a request that changes state; undefined for what no browser sends by itself. */
  readonly csrfTokens: readonly Buffer[] | undefined;
  /** True for a session that was replaced a moment ago: it only reads. */
  readonly isReplaced: boolean;
}

/** What a look-up found. */
export interface FoundIdentity {
  readonly identity: Identity;
  /** How long it holds from the moment of asking, by the clock of the database, when nothing changes. */
  readonly validMs: number;
}
