import { DEVICE_DAYS } from '#zakops/auth';
import { Database, isAhead } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { LONGEST_LOCK_SECONDS } from '../domain/login-delay.js';
import { InvalidCredentialsError } from '../domain/operator.errors.js';
import type { OperatorRole } from '../domain/operator-role.js';

/** An account as a password check needs it. */
export interface Credentials {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OperatorRole;
  /** Null for an account that cannot log in: disabled, or without a password. */
  readonly passwordHash: string | null;
  /** The known source of the attempt; null for a stranger. */
  readonly source: Buffer | null;
  /** True while failed logins lock the account for this source, or for strangers. */
  readonly isLocked: boolean;
}

/** The stored hash that a password was compared with, and the hash that replaces it, if any. */
export interface ComparedHash {
  readonly account: Pick<Credentials, 'source'>;
  readonly comparedHash: string;
  readonly newHash: string | undefined;
}

/** SQL: failed logins lock the account, for strangers (`o`) or for one source (`s`). */
const isLocked = (row: 'o' | 's'): string =>
  `coalesce(${isAhead(`${row}.locked_until`, `interval '${String(LONGEST_LOCK_SECONDS)} seconds'`, 'clock_timestamp()')}, false)`;

// $2 sources, the most certain first. Only the first known one counts, so that guesses from an address cannot lock a device there.
const SELECT = `
  SELECT o.id, o.email, o.name, o.role, CASE WHEN o.status = 'active' THEN o.password_hash END AS "passwordHash",
         k.source, coalesce(k."isLocked", ${isLocked('o')}) AS "isLocked"
    FROM zakops.operators o
    LEFT JOIN LATERAL (
      SELECT s.source, ${isLocked('s')} AS "isLocked" FROM zakops.login_sources s
       WHERE s.operator_id = o.id AND s.source = ANY ($2::bytea[]) AND s.last_used_at > now() - interval '${String(DEVICE_DAYS)} days'
       ORDER BY array_position($2::bytea[], s.source) LIMIT 1) k ON true`;

const COUNT_FAILURE = `
  WITH failed AS (
    UPDATE zakops.operators o SET failed_logins = failed_logins + 1
     WHERE id = $1 AND NOT ${isLocked('o')} RETURNING failed_logins
  ) SELECT failed_logins AS failures FROM failed`;

// A session is a known source before it has a row. Locks the operator before the source, in the order of a successful login.
const COUNT_FAILURE_OF_SOURCE = `
  WITH owner AS MATERIALIZED (
    SELECT id FROM zakops.operators WHERE id = $1 FOR NO KEY UPDATE
  ), failed AS (
    INSERT INTO zakops.login_sources AS s (operator_id, source, failed_logins) SELECT id, $2, 1 FROM owner
    ON CONFLICT (operator_id, source) DO UPDATE SET failed_logins = s.failed_logins + 1 WHERE NOT ${isLocked('s')}
    RETURNING failed_logins
  ) SELECT failed_logins AS failures FROM failed`;

const LOCK = `
  WITH locked AS (
    UPDATE zakops.operators SET locked_until = clock_timestamp() + make_interval(secs => $2), event_seq = event_seq + 1
     WHERE id = $1 RETURNING locked_until, event_seq
  ) SELECT locked_until AS "lockedUntil", event_seq::integer AS "eventSeq" FROM locked`;

const LOCK_SOURCE = `
  WITH locked AS (
    UPDATE zakops.login_sources SET locked_until = clock_timestamp() + make_interval(secs => $2)
     WHERE operator_id = $1 AND source = $3 RETURNING locked_until
  ), told AS (
    UPDATE zakops.operators SET event_seq = event_seq + 1 WHERE id = $1 RETURNING event_seq
  ) SELECT locked_until AS "lockedUntil", event_seq::integer AS "eventSeq" FROM locked, told`;

// Fails when the account was disabled or locked, or its password changed, since the password was compared.
// A login from a known source ($4) leaves the failures of strangers as they are.
const RECORD_LOGIN = `
  WITH noted AS (
    UPDATE zakops.operators o
       SET failed_logins = CASE WHEN $4::bytea IS NULL THEN 0 ELSE failed_logins END,
           locked_until = CASE WHEN $4::bytea IS NULL THEN NULL ELSE locked_until END,
           last_login_at = now(), password_hash = coalesce($3, password_hash)
     WHERE id = $1 AND status = 'active' AND password_hash = $2
       AND NOT CASE WHEN $4::bytea IS NULL THEN ${isLocked('o')} ELSE EXISTS (
         SELECT FROM zakops.login_sources s WHERE s.operator_id = o.id AND s.source = $4 AND ${isLocked('s')}) END
     RETURNING 1
  ) SELECT count(*)::integer AS count FROM noted`;

const HASH_KINDS = `
  SELECT DISTINCT regexp_replace(password_hash, '\\$[^$]*\\$[^$]*$', '') AS kind
    FROM zakops.operators WHERE password_hash IS NOT NULL AND status = 'active' ORDER BY kind LIMIT 8`;

/** Writes and reads password hashes and failed logins of operators. */
@Injectable()
export class CredentialStore {
  constructor(private readonly database: Database) {}

  /** @param sources - of the attempt, the most certain first */
  async findByEmail(email: string, sources: readonly Buffer[]): Promise<Credentials | undefined> {
    return (await this.database.query<Credentials>(`${SELECT} WHERE zakops.fold(o.email) = zakops.fold($1)`, [email, sources]))[0];
  }

  /** The account of a session, which is a known source. */
  async findOwn(operatorId: string, session: Buffer): Promise<Credentials | undefined> {
    const [found] = await this.database.query<Credentials>(`${SELECT} WHERE o.id = $1`, [operatorId, [session]]);
    // A lock for strangers does not apply to a session.
    return found?.source === null ? { ...found, source: session, isLocked: false } : found;
  }

  /** Scheme and costs of the stored hashes, without salt and hash. */
  async hashKinds(): Promise<readonly string[]> {
    return (await this.database.query<{ kind: string }>(HASH_KINDS)).map(({ kind }) => kind);
  }

  /**
   * Counts a failed login.
   *
   * @param source - a known source; null for a stranger
   * @returns failures in a row; undefined when there is no such account, or it is locked: a lock is never extended by failures
   */
  async countFailure(tx: Transaction, operatorId: string, source: Buffer | null): Promise<number | undefined> {
    const rows = await (source === null
      ? tx.query<{ failures: number }>(COUNT_FAILURE, [operatorId])
      : tx.query<{ failures: number }>(COUNT_FAILURE_OF_SOURCE, [operatorId, source]));
    return rows[0]?.failures;
  }

  /** Locks an account for a source or for strangers. {@link countFailure} has locked the row. */
  async lock(
    tx: Transaction,
    operatorId: string,
    source: Buffer | null,
    seconds: number,
  ): Promise<{ lockedUntil: Date; eventSeq: number }> {
    const [row] = await (source === null
      ? tx.query<{ lockedUntil: Date; eventSeq: number }>(LOCK, [operatorId, seconds])
      : tx.query<{ lockedUntil: Date; eventSeq: number }>(LOCK_SOURCE, [operatorId, seconds, source]));
    if (row === undefined) throw new Error('The operator to lock is gone, although its row is locked.');
    return row;
  }

  /**
   * Records a successful login, and stores the new hash, if there is one.
   *
   * @throws InvalidCredentialsError when the account changed since the password was compared
   */
  async recordLogin(tx: Transaction, operatorId: string, compared: ComparedHash): Promise<void> {
    const [row] = await tx.query<{ count: number }>(RECORD_LOGIN, [
      operatorId,
      compared.comparedHash,
      compared.newHash ?? null,
      compared.account.source,
    ]);
    if (row?.count !== 1) throw new InvalidCredentialsError();
  }
}
