import { Database, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentCall, currentProvenance } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import { AuthConfig } from '../auth.config.js';
import { SessionReplacedError, UnauthenticatedError } from '../auth.errors.js';
import { AccessChanges } from '../changes/access-changes.js';
import type { Role } from '../permissions.js';
import { SessionSigner } from './session-signer.js';
import { END, END_ALL, END_EVERY_SESSION, FIND, LIST, OPEN, WAS_REPLACED } from './session.sql.js';
import type { OpenedSession, Session, SessionEndReason } from './session.js';

const MAX_USER_AGENT = 500;

interface SessionRow {
  readonly id: string;
  readonly operator_id: string;
  readonly created_at: Date;
  readonly authenticated_at: Date;
  readonly last_seen_at: Date;
  readonly idle_expires_at: Date;
  readonly expires_at: Date;
  readonly address: string | null;
  readonly user_agent: string | null;
}

/** A session and its operator as it is now. */
export interface SessionOwner {
  readonly session_id: string;
  readonly authenticated_at: Date;
  /** Milliseconds since the password was given; null when the clock was set back since. */
  readonly authenticated_ago: number | null;
  /** Milliseconds until it expires. */
  readonly valid_ms: number;
  readonly operator_id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly must_change_password: boolean;
  /** True when it was replaced a moment ago: it may only read. */
  readonly is_replaced: boolean;
}

interface EndedSession {
  readonly operator_id: string;
  readonly lineage: string;
}

const FIND_SESSION = prepared(FIND);

/**
 * Writes and reads sessions, by the clock of the database. Only hashes of tokens are stored.
 *
 * @remarks Origin of a new session, and actor of an ended one, are those of the current call.
 */
@Injectable()
export class SessionStore {
  constructor(
    private readonly database: Database,
    private readonly signer: SessionSigner,
    private readonly changes: AccessChanges,
    private readonly config: AuthConfig,
  ) {}

  /**
   * Opens a session. Removes up to 100 sessions, of any operator, that expired 30 days ago.
   *
   * @remarks Call it in the transaction that holds the operator's row locked since its password hash was compared. Otherwise a login with
   * the old password could succeed while the password changes.
   */
  async open(tx: Transaction, operatorId: string): Promise<OpenedSession> {
    return this.insert(tx, operatorId, null);
  }

  /**
   * Ends the session that a browser held, and opens another one. If both belong to one operator, calls with the old token may read for four
   * more seconds.
   *
   * @remarks As {@link open}. The old session may have ended already.
   */
  async replace(tx: Transaction, sessionId: string, operatorId: string): Promise<OpenedSession> {
    const ended = await this.endOne(tx, sessionId, 'replaced');
    return this.insert(tx, operatorId, ended?.operator_id === operatorId ? ended.lineage : null);
  }

  /**
   * Replaces a session because the password was given again: new id, new token and new limits. Calls with the old token may read for four
   * more seconds.
   *
   * @throws SessionReplacedError when a concurrent call has replaced the session
   * @throws UnauthenticatedError when the session has ended
   */
  async rotate(tx: Transaction, sessionId: string): Promise<OpenedSession> {
    const ended = await this.endOne(tx, sessionId, 'rotated');
    if (ended !== undefined) return this.insert(tx, ended.operator_id, ended.lineage);
    const wasReplaced = (await tx.query(WAS_REPLACED, [sessionId])).length > 0;
    throw wasReplaced ? new SessionReplacedError() : new UnauthenticatedError();
  }

  /**
   * Ends a session, everywhere within five seconds.
   *
   * @param operatorId - the owner that it must have; undefined for any
   * @returns false when there is no such session, or it has ended
   */
  async end(tx: Transaction, sessionId: string, reason: SessionEndReason, operatorId?: string): Promise<boolean> {
    return (await this.endOne(tx, sessionId, reason, operatorId)) !== undefined;
  }

  /**
   * Ends all sessions of an operator, everywhere within five seconds.
   *
   * @param except - a session to keep
   * @returns the ids of the ended sessions
   */
  async endAll(tx: Transaction, operatorId: string, reason: SessionEndReason, except?: string): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }>(END_ALL, [operatorId, except ?? null, actorText(), reason]);
    this.changes.announce(tx, ...rows.map(({ id }) => ({ kind: 'session' as const, id })));
    return rows.map(({ id }) => id);
  }

  /**
   * Ends every session of every operator, everywhere within five seconds. Not announced, because there may be very many.
   *
   * @returns how many ended
   */
  async endEverySession(tx: Transaction, reason: SessionEndReason): Promise<number> {
    const [row] = await tx.query<{ ended: number }>(END_EVERY_SESSION, [actorText(), reason]);
    return row?.ended ?? 0;
  }

  /** The valid sessions of an operator, the last used first; at most 100. */
  async list(operatorId: string): Promise<readonly Session[]> {
    return (await this.database.query<SessionRow>(LIST, [operatorId])).map(toSession);
  }

  /** Finds the session of a token, valid or replaced a moment ago; notes its use at most once a minute. */
  async find(token: string): Promise<SessionOwner | undefined> {
    const [row] = await this.database.query<SessionOwner>(FIND_SESSION, [this.signer.hash(token), this.config.sessionIdleMinutes]);
    return row;
  }

  private async insert(tx: Transaction, operatorId: string, lineage: string | null): Promise<OpenedSession> {
    const token = this.signer.newToken();
    const origin = currentCall()?.origin;
    const [row] = await tx.query<SessionRow>(OPEN, [
      uuidV7(),
      this.signer.hash(token),
      operatorId,
      this.config.sessionIdleMinutes,
      this.config.sessionExpiryHours,
      origin?.address ?? null,
      origin?.userAgent?.slice(0, MAX_USER_AGENT) ?? null,
      lineage,
    ]);
    if (row === undefined) throw new Error('Opening a session gave no row.');
    return { session: toSession(row), token: this.signer.sign(token) };
  }

  private async endOne(tx: Transaction, id: string, reason: SessionEndReason, operatorId?: string): Promise<EndedSession | undefined> {
    const [row] = await tx.query<EndedSession>(END, [id, operatorId ?? null, actorText(), reason]);
    if (row !== undefined) this.changes.announce(tx, { kind: 'session', id });
    return row;
  }
}

/** The actor of the current call, as it is stored: `user:ann@example.com`. */
function actorText(): string {
  const { actor } = currentProvenance();
  return `${actor.type}:${actor.id}`;
}

function toSession(row: SessionRow): Session {
  return {
    id: row.id,
    operatorId: row.operator_id,
    createdAt: row.created_at,
    authenticatedAt: row.authenticated_at,
    lastSeenAt: row.last_seen_at,
    idleExpiresAt: row.idle_expires_at,
    expiresAt: row.expires_at,
    address: row.address,
    userAgent: row.user_agent,
  };
}
