import type { Scope } from '../permissions.js';

/** A key, as far as its owner may know it. Instants are the database's. */
export interface ApiKey {
  readonly id: string;
  readonly operatorId: string;
  readonly name: string;
  /** Its first characters. */
  readonly prefix: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: Date;
  /** Null for one without an end, made before there was a longest life. */
  readonly expiresAt: Date | null;
  /** To the minute; null while unused. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  /** The key that this one replaces. */
  readonly rotatedFrom: string | null;
}

/** A key that has just been made. */
export interface IssuedApiKey {
  readonly apiKey: ApiKey;
  /** The key itself: shown once, stored nowhere. */
  readonly key: string;
}

/** What a new key is to be. */
export interface NewApiKey {
  readonly operatorId: string;
  readonly name: string;
  /** At least one. What its owner may not do counts as soon as the owner may. */
  readonly scopes: readonly Scope[];
  /** Null for the longest life that is allowed. */
  readonly expiresAt: Date | null;
}
