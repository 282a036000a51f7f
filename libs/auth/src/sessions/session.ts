/** One login, as far as its owner and administrators may know it. Instants are the database's. */
export interface Session {
  readonly id: string;
  readonly operatorId: string;
  readonly createdAt: Date;
  /** When the password was given for it. */
  readonly authenticatedAt: Date;
  /** To the minute. */
  readonly lastSeenAt: Date;
  readonly idleExpiresAt: Date;
  /** The end however much it is used. */
  readonly expiresAt: Date;
  /** From where it was opened. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A session that has just been opened. */
export interface OpenedSession {
  readonly session: Session;
  /** The value of its cookie: shown to nobody but the browser, and stored nowhere. */
  readonly token: string;
}

/** Why a session ended before its time. */
export type SessionEndReason =
  /** Its owner logged out. */
  | 'logout'
  /** Its owner, or an administrator, ended it from another session. */
  | 'ended'
  /** The password was given again: the session goes on under another id and token. */
  | 'rotated'
  /** Somebody logged in from the browser that held it. */
  | 'replaced'
  | 'password_changed'
  | 'operator_disabled'
  /** The database was restored, and may have forgotten that it had ended. */
  | 'restored';

/** Who ended a session, and why. */
export interface SessionEnding {
  /** As actors are written: `user:ann@example.com`. */
  readonly by: string;
  readonly reason: SessionEndReason;
}
