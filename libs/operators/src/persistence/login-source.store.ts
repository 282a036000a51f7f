import { DEVICE_DAYS } from '#zakops/auth';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';

// Each login deletes up to 100 old rows, of other operators only, because one statement must not write a row twice.
const REMEMBER = `
  WITH outdated AS (
    DELETE FROM zakops.login_sources WHERE (operator_id, source) IN (
      SELECT operator_id, source FROM zakops.login_sources
       WHERE last_used_at < now() - interval '${String(DEVICE_DAYS)} days' AND operator_id <> $1 ORDER BY last_used_at LIMIT 100 FOR UPDATE SKIP LOCKED)
  ), remembered AS (
    INSERT INTO zakops.login_sources AS s (operator_id, source) SELECT $1, source FROM unnest($2::bytea[]) AS source
    ON CONFLICT (operator_id, source) DO UPDATE SET last_used_at = now(),
      failed_logins = CASE WHEN s.source = $3 THEN 0 ELSE s.failed_logins END,
      locked_until = CASE WHEN s.source = $3 THEN NULL ELSE s.locked_until END
    RETURNING 1
  ) SELECT count(*) FROM remembered`;

const FORGET = `
  WITH forgotten AS (DELETE FROM zakops.login_sources WHERE operator_id = $1 RETURNING 1) SELECT count(*) FROM forgotten`;

/** Writes the devices and addresses from which operators logged in. */
@Injectable()
export class LoginSourceStore {
  /**
   * Records a successful login from sources.
   *
   * @param knownBy - the source by which the login was known, whose failures are cleared; null for a stranger
   */
  async remember(tx: Transaction, operatorId: string, sources: readonly Buffer[], knownBy: Buffer | null): Promise<void> {
    await tx.query(REMEMBER, [operatorId, sources, knownBy]);
  }

  /** Deletes every source of an operator: logins from there are strangers again. */
  async forget(tx: Transaction, operatorId: string): Promise<void> {
    await tx.query(FORGET, [operatorId]);
  }
}
