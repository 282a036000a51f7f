import { Database, isAhead } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { LONGEST_LOCK_SECONDS } from '../domain/login-delay.js';
import type { OperatorRole } from '../domain/operator-role.js';

/** What is needed to check a password. */
export interface Credentials {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OperatorRole;
  /** Null for an account that cannot log in: disabled, or without a password yet. */
  readonly passwordHash: string | null;
  /** True while failed logins keep the account closed. */
  readonly isLocked: boolean;
}

/** The stored hash that a password was compared with, and the better one that is to replace it. */
export interface ComparedHash {
  readonly comparedHash: string;
  readonly newHash: string | undefined;
}

/** SQL: failed logins keep the account closed. */
const IS_LOCKED = `coalesce(${isAhead('locked_until', `interval '${String(LONGEST_LOCK_SECONDS)} seconds'`, 'clock_timestamp()')}, false)`;

const SELECT = `
  SELECT id, email, name, role, CASE WHEN status = 'active' THEN password_hash END AS "passwordHash",
         ${IS_LOCKED} AS "isLocked"
    FROM zakops.operators`;

const COUNT_FAILURE = `
  WITH failed AS (
    UPDATE zakops.operators SET failed_logins = failed_logins + 1
     WHERE id = $1 AND NOT ${IS_LOCKED} RETURNING failed_logins
  ) SELECT failed_logins AS failures FROM failed`;

const LOCK = `
  WITH locked AS (
    UPDATE zakops.operators SET locked_until = clock_timestamp() + make_interval(secs => $2), event_seq = event_seq + 1
     WHERE id = $1 RETURNING locked_until, event_seq
  ) SELECT locked_until AS "lockedUntil", event_seq::integer AS "eventSeq" FROM locked`;

// Nothing of this may have changed since the password was compared: a disabled account, another password, a lock.
const NOTE_LOGIN = `
  WITH noted AS (
    UPDATE zakops.operators
       SET failed_logins = 0, locked_until = NULL, last_login_at = now(), password_hash = coalesce($3, password_hash)
     WHERE id = $1 AND status = 'active' AND password_hash = $2 AND NOT ${IS_LOCKED}
     RETURNING 1
  ) SELECT count(*)::integer AS count FROM noted`;

/** Passwords and failed logins of operators. */
@Injectable()
export class CredentialStore {
  constructor(private readonly database: Database) {}

  async findByEmail(email: string): Promise<Credentials | undefined> {
    return (await this.database.query<Credentials>(`${SELECT} WHERE lower(email) = lower($1)`, [email]))[0];
  }

  async findById(operatorId: string): Promise<Credentials | undefined> {
    return (await this.database.query<Credentials>(`${SELECT} WHERE id = $1`, [operatorId]))[0];
  }

  /**
   * Counts a failed login.
   *
   * @returns failures in a row; undefined when there is no such account, or it is locked: then nothing is counted, so that nobody
   * can keep an account locked for ever
   */
  async countFailure(tx: Transaction, operatorId: string): Promise<number | undefined> {
    return (await tx.query<{ failures: number }>(COUNT_FAILURE, [operatorId]))[0]?.failures;
  }

  /** Closes an account for a while. The row is locked by {@link countFailure}. */
  async lock(tx: Transaction, operatorId: string, seconds: number): Promise<{ lockedUntil: Date; eventSeq: number }> {
    const [row] = await tx.query<{ lockedUntil: Date; eventSeq: number }>(LOCK, [operatorId, seconds]);
    if (row === undefined) throw new Error('The operator to lock is gone, although its row is locked.');
    return row;
  }

  /**
   * Notes a good login, and stores the hash that was made anew, if there is one.
   *
   * @param compared - what the password was compared with, and what is to be stored instead
   * @returns false when the account changed since, and the login does not count
   */
  async noteLogin(tx: Transaction, operatorId: string, compared: ComparedHash): Promise<boolean> {
    const [row] = await tx.query<{ count: number }>(NOTE_LOGIN, [operatorId, compared.comparedHash, compared.newHash ?? null]);
    return row?.count === 1;
  }
}
