import { isUniqueViolation } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { Operator } from '../domain/operator.js';
import { DuplicateEmailError, NoAccountError, OperatorNotFoundError } from '../domain/operator.errors.js';
import type { OperatorRole, OperatorStatus } from '../domain/operator-role.js';

interface OperatorRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly status: OperatorStatus;
  readonly hasPassword: boolean;
  readonly version: number;
}

const COLUMNS = 'id, email, name, role, status, password_hash IS NOT NULL AS "hasPassword", version';

const LOAD_BY_ID = `SELECT ${COLUMNS} FROM zakops.operators WHERE id = $1 FOR UPDATE`;
const LOAD_BY_EMAIL = `SELECT ${COLUMNS} FROM zakops.operators WHERE zakops.fold(email) = zakops.fold($1) FOR UPDATE`;

/** How an operator is named: people at a command line know no ids. */
export type OperatorName = { readonly id: string } | { readonly email: string };

// The number is ours alone: no other advisory lock of this system has it.
const ADMINISTRATION_LOCK = 7_301_006;

/** Where operators are kept, for changing them. */
@Injectable()
export class OperatorRepository {
  /** @throws DuplicateEmailError */
  async add(tx: Transaction, { state }: Operator, passwordHash: string | null, mustChangePassword = false): Promise<void> {
    const { id, email, name, role, status, version } = state;
    try {
      await tx.query(
        `INSERT INTO zakops.operators (id, email, name, role, status, version, password_hash, must_change_password, password_changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7::text, $8, CASE WHEN $7::text IS NOT NULL THEN now() END)`,
        [id, email, name, role, status, version, passwordHash, mustChangePassword],
      );
    } catch (error) {
      if (isUniqueViolation(error, 'operators_email_idx')) throw new DuplicateEmailError(email);
      throw error;
    }
  }

  /**
   * Loads an operator and locks it until the end of the transaction.
   *
   * @throws OperatorNotFoundError
   */
  async load(tx: Transaction, which: OperatorName): Promise<Operator> {
    const [statement, value] = 'id' in which ? [LOAD_BY_ID, which.id] : [LOAD_BY_EMAIL, which.email];
    const [row] = await tx.query<OperatorRow>(statement, [value]);
    if (row === undefined) throw new OperatorNotFoundError(value);
    return Operator.restore(row);
  }

  /** As {@link load}, of whoever makes the call. @throws NoAccountError for the stand-in of a system without login */
  async loadOwn(tx: Transaction, operatorId: string): Promise<Operator> {
    const [row] = await tx.query<OperatorRow>(LOAD_BY_ID, [operatorId]);
    if (row === undefined) throw new NoAccountError();
    return Operator.restore(row);
  }

  /** Writes a loaded operator with its changes. */
  async save(tx: Transaction, { state }: Operator): Promise<void> {
    const { id, name, role, status, version } = state;
    await tx.query(
      `WITH changed AS (
         UPDATE zakops.operators SET name = $2, role = $3, status = $4, version = $5, updated_at = now() WHERE id = $1 RETURNING 1
       ) SELECT count(*) FROM changed`,
      [id, name, role, status, version],
    );
  }

  /**
   * Lets one transaction at a time change who administers. Taken before the row of the operator: two administrators who demote each
   * other would both see the other one still there, or wait for each other.
   */
  async lockAdministration(tx: Transaction): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [ADMINISTRATION_LOCK]);
  }

  /** True when there is any operator. */
  async exist(tx: Transaction): Promise<boolean> {
    const [row] = await tx.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM zakops.operators) AS found');
    return row?.found === true;
  }

  /** True when another active administrator has a password, and so can take over. */
  async hasOtherAdmin(tx: Transaction, operatorId: string): Promise<boolean> {
    const [row] = await tx.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM zakops.operators
         WHERE id <> $1 AND role = 'admin' AND status = 'active' AND password_hash IS NOT NULL) AS found`,
      [operatorId],
    );
    return row?.found === true;
  }

  /** Stores a new password, which ends a lock; null takes the password away. */
  async setPassword(tx: Transaction, operatorId: string, passwordHash: string | null): Promise<void> {
    await tx.query(
      `WITH changed AS (
         UPDATE zakops.operators
            SET password_hash = $2, password_changed_at = now(), must_change_password = false, failed_logins = 0, locked_until = NULL,
                updated_at = now()
          WHERE id = $1 RETURNING 1
       ) SELECT count(*) FROM changed`,
      [operatorId, passwordHash],
    );
  }
}
