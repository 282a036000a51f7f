import { Database, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { currentCall } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import { AuthConfig } from '../auth.config.js';
import { AccessChanges } from '../changes/access-changes.js';
import type { Role } from '../permissions.js';
import { SessionSigner } from './session-signer.js';
import { END, END_ALL, END_EVERYBODYS, FIND, LIST, OPEN, WAS_REPLACED } from './session.sql.js';
import type { OpenedSession, Session, SessionEnding } from './session.js';

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

/** A session that counts, and its operator as it is now. */
export interface SessionOwner {
  readonly session_id: string;
  readonly authenticated_at: Date;
  /** Milliseconds since the password was given; null when the clock was set back since, and nobody can tell. */
  readonly authenticated_ago: number | null;
  /** Milliseconds until the nearer of its two limits. */
  readonly valid_ms: number;
  readonly operator_id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly must_change_password: boolean;
  /** True for one that was replaced a moment ago: it is good for reading only. */
  readonly is_replaced: boolean;
}

/** What is left of a session that was ended. */
interface EndedSession {
  readonly operator_id: string;
  readonly lineage: string;
}

const FIND_SESSION = prepared(FIND);

/** Sessions in the database: hashes only, by its clock. */
@Injectable()
export class SessionStore {
  constructor(
    private readonly database: Database,
    private readonly signer: SessionSigner,
    private readonly changes: AccessChanges,
    private readonly config: AuthConfig,
  ) {}

  /**
   * Opens a session with an id and a token of its own; from where is that of the current call. Removes up to 100 sessions, of
   * anybody, that were over for 30 days.
   *
   * @remarks To be called in the transaction that holds the operator's row locked since its password was compared with the stored one:
   * otherwise a password that is being changed at the same moment could still open one.
   */
  async open(tx: Transaction, operatorId: string): Promise<OpenedSession> {
    return this.openIn(tx, operatorId, null);
  }

  /**
   * Opens a session in the place of another one, which ends. Where both are of one operator the old token reads on for four seconds.
   *
   * @remarks As {@link open}. A session that is over already is no hindrance.
   */
  async replace(tx: Transaction, sessionId: string, operatorId: string, by: string): Promise<OpenedSession> {
    const ended = await this.endOne(tx, sessionId, null, { by, reason: 'replaced' });
    return this.openIn(tx, operatorId, ended?.operator_id === operatorId ? ended.lineage : null);
  }

  private async openIn(tx: Transaction, operatorId: string, lineage: string | null): Promise<OpenedSession> {
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

  /**
   * Lets a session go on under another id and token, because the password was given again; its limits begin anew. The old one ends:
   * its token reads on for four seconds, for the calls of a page that were under way.
   *
   * @returns undefined when there is no such session any more
   */
  async rotate(tx: Transaction, sessionId: string, by: string): Promise<OpenedSession | undefined> {
    const ended = await this.endOne(tx, sessionId, null, { by, reason: 'rotated' });
    return ended === undefined ? undefined : this.openIn(tx, ended.operator_id, ended.lineage);
  }

  /** True for a session that was replaced a moment ago by one that goes on. */
  async wasReplaced(tx: Transaction, sessionId: string): Promise<boolean> {
    return (await tx.query(WAS_REPLACED, [sessionId])).length > 0;
  }

  /**
   * Ends a session, everywhere within five seconds.
   *
   * @param operatorId - whose it must be; undefined for anybody's
   * @returns false when there is no such session any more
   */
  async end(tx: Transaction, sessionId: string, ending: SessionEnding, operatorId?: string): Promise<boolean> {
    return (await this.endOne(tx, sessionId, operatorId ?? null, ending)) !== undefined;
  }

  /**
   * Ends all sessions of an operator.
   *
   * @param except - one that goes on
   * @returns the ids of those that were ended
   */
  async endAll(tx: Transaction, operatorId: string, ending: SessionEnding, except?: string): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }>(END_ALL, [operatorId, except ?? null, ending.by, ending.reason]);
    this.changes.announce(tx, ...rows.map(({ id }) => ({ kind: 'session' as const, id })));
    return rows.map(({ id }) => id);
  }

  /**
   * Ends every session there is, of whomever, everywhere within five seconds. There may be very many, so none is announced.
   *
   * @returns how many were ended
   */
  async endEverybodys(tx: Transaction, { by, reason }: SessionEnding): Promise<number> {
    const [row] = await tx.query<{ ended: number }>(END_EVERYBODYS, [by, reason]);
    return row?.ended ?? 0;
  }

  /** The sessions of an operator that count, the last used first; at most 100. */
  async list(operatorId: string): Promise<readonly Session[]> {
    return (await this.database.query<SessionRow>(LIST, [operatorId])).map(toSession);
  }

  /** Finds the session of a token and notes, at most once a minute, that it was used; undefined when it neither counts nor reads on. */
  async find(token: string): Promise<SessionOwner | undefined> {
    const [row] = await this.database.query<SessionOwner>(FIND_SESSION, [this.signer.hash(token), this.config.sessionIdleMinutes]);
    return row;
  }

  private async endOne(
    tx: Transaction,
    id: string,
    operatorId: string | null,
    { by, reason }: SessionEnding,
  ): Promise<EndedSession | undefined> {
    const [row] = await tx.query<EndedSession>(END, [id, operatorId, by, reason]);
    if (row !== undefined) this.changes.announce(tx, { kind: 'session', id });
    return row;
  }
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
