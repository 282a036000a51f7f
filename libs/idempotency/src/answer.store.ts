import { Database, isAhead, prepared } from '#zakops/database';
import type { CommitStatement, Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { CallFingerprint } from './call-fingerprint.js';
import { IdempotencyConfig } from './idempotency.config.js';

/** The answer to a call, as it is sent again. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The JSON text; null when nothing was sent, or when it held a secret. */
  readonly body: string | null;
  readonly isSecret: boolean;
}

/** What came of claiming a key. */
export type Claim =
  | { readonly state: 'taken' }
  | { readonly state: 'new' }
  | { readonly state: 'answered'; readonly input: Buffer; readonly answer: StoredAnswer };

interface AnswerRow {
  readonly input: Buffer;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly is_secret: boolean;
}

const TAKE = prepared('SELECT pg_try_advisory_xact_lock($1) AS is_free');
const FIND = prepared(`
  SELECT input, status, headers, body, is_secret FROM zakops.idempotency_keys
   WHERE scope = $1 AND ${isAhead('expires_at', 'make_interval(hours => $2::int)', 'clock_timestamp()')}`);

// An answer that is over and not removed yet gives way.
const STORE = prepared(`
  INSERT INTO zakops.idempotency_keys (scope, input, status, headers, body, is_secret, expires_at)
  VALUES ($1, $2, $3, $4::jsonb, $5, $6, clock_timestamp() + make_interval(hours => $7::int))
  ON CONFLICT (scope) DO UPDATE SET input = excluded.input, status = excluded.status, headers = excluded.headers,
    body = excluded.body, is_secret = excluded.is_secret, expires_at = excluded.expires_at`);

const PURGE = `
  WITH gone AS (
    DELETE FROM zakops.idempotency_keys WHERE scope = ANY (ARRAY(
      SELECT scope FROM zakops.idempotency_keys WHERE NOT ${isAhead('expires_at', 'make_interval(hours => $2::int)')} ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))
    RETURNING 1)
  SELECT count(*)::int AS count FROM gone`;

/** Keys and the answers that they stand for. */
@Injectable()
export class AnswerStore {
  constructor(
    private readonly database: Database,
    private readonly config: IdempotencyConfig,
  ) {}

  get isConnected(): boolean {
    return this.database.isConnected;
  }

  /**
   * Takes a key until the end of the transaction, without waiting for another holder, and looks up its answer.
   *
   * @remarks Two statements, sent together: the second one has a snapshot of its own, so it sees what the holder committed who released the
   * lock right before. An answer that is there counts also when others hold the lock at this moment, to get it too.
   */
  async claim(tx: Transaction, scope: Buffer): Promise<Claim> {
    const [[lock], [found]] = await Promise.all([
      // Eight bytes of the hash; a collision costs one 409 that is tried again.
      tx.query<{ is_free: boolean }>(TAKE, [scope.readBigInt64BE(0)]),
      tx.query<AnswerRow>(FIND, [scope, this.config.keyHours]),
    ]);
    if (found === undefined) return { state: lock?.is_free === true ? 'new' : 'taken' };
    const { input, status, headers, body, is_secret: isSecret } = found;
    return { state: 'answered', input, answer: { status, headers, body, isSecret } };
  }

  /** The statement that stores an answer; to be sent with the commit of its effect. */
  storing({ scope, input }: CallFingerprint, { status, headers, body, isSecret }: StoredAnswer): CommitStatement {
    return { statement: STORE, values: [scope, input, status, JSON.stringify(headers), body, isSecret, this.config.keyHours] };
  }

  /** Removes at most `limit` answers that are no longer kept; gives how many. */
  async purge(limit: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(PURGE, [limit, this.config.keyHours]);
    return row?.count ?? 0;
  }
}
