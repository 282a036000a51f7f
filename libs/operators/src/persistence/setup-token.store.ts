import { Database, isAhead } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { SETUP_TOKEN_HOURS, setupTokenHash } from '../domain/setup-token.js';

const LENGTH = `interval '${String(SETUP_TOKEN_HOURS)} hours'`;

const ISSUE = `
  WITH earlier AS (
    DELETE FROM zakops.operator_setup_tokens WHERE operator_id = $1
  )
  INSERT INTO zakops.operator_setup_tokens (token_hash, operator_id, purpose, expires_at)
  VALUES ($2, $1, $3, now() + ${LENGTH})
  RETURNING expires_at AS "expiresAt"`;

const OWNER = `
  SELECT o.email, o.name FROM zakops.operator_setup_tokens t JOIN zakops.operators o ON o.id = t.operator_id
   WHERE t.token_hash = $1 AND t.used_at IS NULL AND ${isAhead('t.expires_at', LENGTH)} AND o.status <> 'disabled'`;

const REDEEM = `
  WITH redeemed AS (
    UPDATE zakops.operator_setup_tokens SET used_at = now()
     WHERE token_hash = $1 AND used_at IS NULL AND ${isAhead('expires_at', LENGTH)} RETURNING operator_id
  ) SELECT operator_id AS "operatorId" FROM redeemed`;

const END_ALL = `
  WITH ended AS (
    DELETE FROM zakops.operator_setup_tokens WHERE operator_id = $1 AND used_at IS NULL RETURNING 1
  ) SELECT count(*) FROM ended`;

/** What a token is for. */
export type SetupPurpose = 'invitation' | 'reset';

/** Writes and reads setup tokens: one per operator, and only its hash. */
@Injectable()
export class SetupTokenStore {
  constructor(private readonly database: Database) {}

  /** The operator of a token; undefined for a token that is unknown, used or expired. */
  async ownerOf(token: string): Promise<{ readonly email: string; readonly name: string } | undefined> {
    return (await this.database.query<{ email: string; name: string }>(OWNER, [setupTokenHash(token)]))[0];
  }

  /** Stores a token, which replaces every earlier token of the operator. */
  async issue(tx: Transaction, operatorId: string, token: string, purpose: SetupPurpose): Promise<Date> {
    const [row] = await tx.query<{ expiresAt: Date }>(ISSUE, [operatorId, setupTokenHash(token), purpose]);
    if (row === undefined) throw new Error('The setup token was not stored.');
    return row.expiresAt;
  }

  /** Deletes every unused token of an operator. */
  async endAll(tx: Transaction, operatorId: string): Promise<void> {
    await tx.query(END_ALL, [operatorId]);
  }

  /** Marks a token as used, and gives the id of its operator; undefined for a token that is unknown, used or expired. */
  async redeem(tx: Transaction, token: string): Promise<string | undefined> {
    return (await tx.query<{ operatorId: string }>(REDEEM, [setupTokenHash(token)]))[0]?.operatorId;
  }
}
