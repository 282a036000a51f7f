import { Database, prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import { AuthConfig } from '../auth.config.js';
import { AccessChanges } from '../changes/access-changes.js';
import { SCOPES } from '../permissions.js';
import type { Role, Scope } from '../permissions.js';
import { apiKeyPrefix, hashApiKey, newApiKey } from './api-key-text.js';
import type { ApiKey, IssuedApiKey, NewApiKey } from './api-key.js';
import { COUNT, FIND, ISSUE, LIST, REVOKE, REVOKE_ALL, ROTATE } from './api-key.sql.js';

interface ApiKeyRow {
  readonly id: string;
  readonly operator_id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly rotated_from: string | null;
}

/** A valid key and its owner as it is now. */
export interface ApiKeyOwner {
  readonly api_key_id: string;
  readonly scopes: readonly string[];
  /** Milliseconds until it expires; null for a key without an end. */
  readonly valid_ms: number | null;
  readonly operator_id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** How a key is rotated. */
export interface KeyRotation {
  /** The owner that the old key must have; undefined for any. */
  readonly operatorId?: string | undefined;
  /** How long the old key stays valid. */
  readonly overlapSeconds: number;
  /** The end of the new key; null for the lifetime of the old key. Never beyond `API_KEY_MAX_DAYS`. */
  readonly expiresAt: Date | null;
}

const FIND_KEY = prepared(FIND);

/** Writes and reads API keys, by the clock of the database. Only hashes of keys are stored. */
@Injectable()
export class ApiKeyStore {
  constructor(
    private readonly database: Database,
    private readonly changes: AccessChanges,
    private readonly config: AuthConfig,
  ) {}

  /** Creates a key, which is given only here. Without an end it lasts `API_KEY_MAX_DAYS`. */
  async issue(tx: Transaction, { operatorId, name, scopes, expiresAt }: NewApiKey): Promise<IssuedApiKey> {
    const key = newApiKey();
    const [row] = await tx.query<ApiKeyRow>(ISSUE, [
      uuidV7(),
      operatorId,
      name,
      apiKeyPrefix(key),
      hashApiKey(key),
      SCOPES.filter((scope) => scopes.includes(scope)),
      expiresAt,
      this.config.apiKeyMaxDays,
    ]);
    if (row === undefined) throw new Error('Creating a key gave no row.');
    return { apiKey: toApiKey(row), key };
  }

  /** The keys of an operator, newest first, without those that ended more than 30 days ago; at most 200. */
  async list(operatorId: string): Promise<readonly ApiKey[]> {
    return (await this.database.query<ApiKeyRow>(LIST, [operatorId])).map(toApiKey);
  }

  /**
   * Revokes a key, everywhere within five seconds.
   *
   * @param operatorId - the owner that it must have; undefined for any
   * @returns the revoked key; undefined when there is no such key, or it was revoked before
   */
  async revoke(tx: Transaction, id: string, operatorId?: string): Promise<ApiKey | undefined> {
    const [row] = await tx.query<ApiKeyRow>(REVOKE, [id, operatorId ?? null]);
    if (row === undefined) return undefined;
    this.changes.announce(tx, { kind: 'api_key', id });
    return toApiKey(row);
  }

  /**
   * Revokes all keys of an operator, everywhere within five seconds.
   *
   * @returns the ids of the revoked keys
   */
  async revokeAll(tx: Transaction, operatorId: string): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }>(REVOKE_ALL, [operatorId]);
    this.changes.announce(tx, ...rows.map(({ id }) => ({ kind: 'api_key' as const, id })));
    return rows.map(({ id }) => id);
  }

  /** The number of keys of an operator that have not ended. */
  async count(tx: Transaction, operatorId: string): Promise<number> {
    return (await tx.query<{ count: number }>(COUNT, [operatorId]))[0]?.count ?? 0;
  }

  /**
   * Creates a key with the name and scopes of another key, which ends after an overlap.
   *
   * @returns undefined when there is no such key, or it has ended
   */
  async rotate(tx: Transaction, id: string, { operatorId, overlapSeconds, expiresAt }: KeyRotation): Promise<IssuedApiKey | undefined> {
    const key = newApiKey();
    const values = [
      id,
      operatorId ?? null,
      overlapSeconds,
      uuidV7(),
      apiKeyPrefix(key),
      hashApiKey(key),
      expiresAt,
      this.config.apiKeyMaxDays,
    ];
    const [row] = await tx.query<ApiKeyRow>(ROTATE, values);
    if (row === undefined) return undefined;
    // Processes may remember the old key without its new end.
    this.changes.announce(tx, { kind: 'api_key', id });
    return { apiKey: toApiKey(row), key };
  }

  /** Finds a valid key, and notes its use at most once a minute. */
  async find(key: string): Promise<ApiKeyOwner | undefined> {
    const [row] = await this.database.query<ApiKeyOwner>(FIND_KEY, [hashApiKey(key)]);
    return row;
  }
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    operatorId: row.operator_id,
    name: row.name,
    prefix: row.prefix,
    scopes: SCOPES.filter((scope: Scope) => row.scopes.includes(scope)),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    revokedAt: row.revoked_at,
    rotatedFrom: row.rotated_from,
  };
}
