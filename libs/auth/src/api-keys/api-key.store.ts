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

/** A key that counts, and its owner as it is now. */
export interface ApiKeyOwner {
  readonly api_key_id: string;
  readonly scopes: readonly string[];
  /** Milliseconds until it expires; null when it does not. */
  readonly valid_ms: number | null;
  readonly operator_id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

/** How the key before goes on beside the one that replaces it. */
export interface KeyRotation {
  /** Whose it must be; undefined for anybody's. */
  readonly operatorId?: string | undefined;
  /** How long both count. */
  readonly overlapSeconds: number;
  /** The end of the new one; null for as long a life as the key before was to have. Never beyond the longest life that is allowed. */
  readonly expiresAt: Date | null;
}

const FIND_KEY = prepared(FIND);

/** API keys in the database: hashes only, by its clock. */
@Injectable()
export class ApiKeyStore {
  constructor(
    private readonly database: Database,
    private readonly changes: AccessChanges,
    private readonly config: AuthConfig,
  ) {}

  /** Makes a key. It is never given again. One without an end gets the longest life that is allowed. */
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
    if (row === undefined) throw new Error('Making a key gave no row.');
    return { apiKey: toApiKey(row), key };
  }

  /** The keys of an operator, the newest first, without those that ended more than 30 days ago; at most 200. */
  async list(operatorId: string): Promise<readonly ApiKey[]> {
    return (await this.database.query<ApiKeyRow>(LIST, [operatorId])).map(toApiKey);
  }

  /**
   * Ends a key, everywhere within five seconds.
   *
   * @param operatorId - whose it must be; undefined for anybody's
   * @returns the key as it was left; undefined when there is no such key, or it was revoked before
   */
  async revoke(tx: Transaction, id: string, operatorId?: string): Promise<ApiKey | undefined> {
    const [row] = await tx.query<ApiKeyRow>(REVOKE, [id, operatorId ?? null]);
    if (row === undefined) return undefined;
    this.changes.announce(tx, { kind: 'api_key', id });
    return toApiKey(row);
  }

  /**
   * Ends all keys of an operator.
   *
   * @returns the ids of those that were ended
   */
  async revokeAll(tx: Transaction, operatorId: string): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }>(REVOKE_ALL, [operatorId]);
    this.changes.announce(tx, ...rows.map(({ id }) => ({ kind: 'api_key' as const, id })));
    return rows.map(({ id }) => id);
  }

  /** How many keys of an operator count, or would if the clock were right. */
  async count(tx: Transaction, operatorId: string): Promise<number> {
    return (await tx.query<{ count: number }>(COUNT, [operatorId]))[0]?.count ?? 0;
  }

  /**
   * Replaces a key by a new one with the same name and scopes; for a while both count, so that nobody has to stop for it.
   *
   * @returns undefined when there is no such key that counts
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
    // What is remembered of the old one does not know its new end.
    this.changes.announce(tx, { kind: 'api_key', id });
    return { apiKey: toApiKey(row), key };
  }

  /** Finds a key and notes, at most once a minute, that it was used; undefined when it does not count. */
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
