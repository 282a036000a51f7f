import type { Scope } from '../permissions.js';

/** A key as its owner sees it. Instants are the database's. */
export interface ApiKey {
  readonly id: string;
  readonly operatorId: string;
  readonly name: string;
  /** Its first characters. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  /** Null for an old key without an end, from before `API_KEY_MAX_DAYS`. */
  readonly expiresAt: Date | null;
  /** To the minute; null while unused. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  /** The key that this one replaces. */
  readonly rotatedFrom: string | null;
}

/** A key that was just created. */
export interface IssuedApiKey {
  readonly apiKey: ApiKey;
  /** The key itself: shown once, never stored. */
  readonly key: string;
}

/** A key to create. */
export interface NewApiKey {
  readonly operatorId: string;
  readonly name: string;
  /** At least one. A scope that the owner does not hold takes effect once the owner holds it. */
  readonly scopes: readonly Scope[];
  /** Null for the longest lifetime, `API_KEY_MAX_DAYS`. */
  readonly expiresAt: Date | null;
}
