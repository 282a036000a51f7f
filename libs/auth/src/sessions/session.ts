/** A session as its owner and administrators see it. Instants are the database's. */
export interface Session {
  readonly id: string;
  readonly operatorId: string;
  readonly createdAt: Date;
  /** When the password was given. */
  readonly authenticatedAt: Date;
  /** To the minute. */
  readonly lastSeenAt: Date;
  readonly idleExpiresAt: Date;
  /** The end, also while it is used. */
  readonly expiresAt: Date;
  /** The address of the client that opened it. */
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** A session that has just been opened. */
export interface OpenedSession {
  readonly session: Session;
  /** The value of its cookie. Only the browser gets it; its hash is stored. */
  readonly token: string;
}

/** Why a session ended early. */
export type SessionEndReason =
  /** Its owner logged out. */
  | 'logout'
  /** Its owner, or an administrator, ended it from another session. */
  | 'ended'
  /** The password was given again: a session with another id and token replaced it. */
  | 'rotated'
  /** A login from the same browser replaced it. */
  | 'replaced'
  | 'password_changed'
  | 'operator_disabled'
  /** The database was restored: the session may have ended after the backup. */
  | 'restored';
