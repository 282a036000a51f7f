import { isUniqueViolation } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { Operator } from '../domain/operator.js';
import type { NewOperator, OperatorState } from '../domain/operator.js';
import { DuplicateEmailError, NoAccountError, OperatorNotFoundError } from '../domain/operator.errors.js';
import { OPERATOR_COLUMNS } from './operator.columns.js';

const LOAD_BY_ID = `SELECT ${OPERATOR_COLUMNS} FROM zakops.operators WHERE id = $1 FOR UPDATE`;
const LOAD_BY_EMAIL = `SELECT ${OPERATOR_COLUMNS} FROM zakops.operators WHERE zakops.fold(email) = zakops.fold($1) FOR UPDATE`;

/** Identifies an operator: by id, or by e-mail at a command line. */
export type OperatorReference = { readonly id: string } | { readonly email: string };

// No other advisory lock of this system has this number.
const ADMINISTRATION_LOCK = 7_301_006;

/** Loads and saves operators. */
@Injectable()
export class OperatorRepository {
  /** @throws DuplicateEmailError */
  async add(
    tx: Transaction,
    { id, email, name, role, status }: NewOperator,
    passwordHash: string | null,
    mustChangePassword = false,
  ): Promise<OperatorState> {
    try {
      const [row] = await tx.query<OperatorState>(
        `INSERT INTO zakops.operators (id, email, name, role, status, version, password_hash, must_change_password, password_changed_at)
         VALUES ($1, $2, $3, $4, $5, 1, $6::text, $7, CASE WHEN $6::text IS NOT NULL THEN now() END) RETURNING ${OPERATOR_COLUMNS}`,
        [id, email, name, role, status, passwordHash, mustChangePassword],
      );
      if (row === undefined) throw new Error('Adding an operator gave no row.');
      return row;
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
  async load(tx: Transaction, which: OperatorReference): Promise<Operator> {
    const [statement, value] = 'id' in which ? [LOAD_BY_ID, which.id] : [LOAD_BY_EMAIL, which.email];
    const [row] = await tx.query<OperatorState>(statement, [value]);
    if (row === undefined) throw new OperatorNotFoundError(value);
    return new Operator(row);
  }

  /** Loads the operator who makes the call. @throws NoAccountError for the development operator */
  async loadOwn(tx: Transaction, operatorId: string): Promise<Operator> {
    const [row] = await tx.query<OperatorState>(LOAD_BY_ID, [operatorId]);
    if (row === undefined) throw new NoAccountError();
    return new Operator(row);
  }

  /** Writes the changes of a loaded operator, and gives it as it is stored then. */
  async save(tx: Transaction, { state }: Operator): Promise<OperatorState> {
    const { id, name, role, status, version } = state;
    const [row] = await tx.query<OperatorState>(
      `WITH changed AS (
         UPDATE zakops.operators SET name = $2, role = $3, status = $4, version = $5, updated_at = now() WHERE id = $1 RETURNING *
       ) SELECT ${OPERATOR_COLUMNS} FROM changed`,
      [id, name, role, status, version],
    );
    if (row === undefined) throw new Error('The operator to save is gone, although its row is locked.');
    return row;
  }

  /**
   * Lets one transaction at a time change who administers. Taken before the row of the operator: otherwise two administrators who
   * demote each other would each still see the other, or would deadlock.
   */
  async lockAdministration(tx: Transaction): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [ADMINISTRATION_LOCK]);
  }

  /** True when there is any operator. */
  async exist(tx: Transaction): Promise<boolean> {
    const [row] = await tx.query<{ found: boolean }>('SELECT EXISTS (SELECT FROM zakops.operators) AS found');
    return row?.found === true;
  }

  /** True when another active administrator has a password. */
  async hasOtherAdmin(tx: Transaction, operatorId: string): Promise<boolean> {
    const [row] = await tx.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM zakops.operators
         WHERE id <> $1 AND role = 'admin' AND status = 'active' AND password_hash IS NOT NULL) AS found`,
      [operatorId],
    );
    return row?.found === true;
  }

  /** Stores a new password, or removes it for null. Ends a lock. */
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
