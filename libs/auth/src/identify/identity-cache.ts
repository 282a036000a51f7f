import { AsyncLocalStorage } from 'node:async_hooks';
import type { AccessChange } from '../changes/access-change.js';
import type { FoundIdentity, Identity } from './identity.js';

/**
 * How long an answer is remembered at most, from before its query.
 *
 * @remarks A stream may begin at the last moment of it. So this and the interval at which open streams are checked must stay below the five
 * seconds within which an end is promised.
 */
export const REMEMBERED_MS = 3_000;

const MAX_KNOWN = 10_000;
const MAX_UNKNOWN = 1_000;

/** The answer to a credential. */
export interface RememberedIdentity {
  /** Undefined for a credential that belongs to nobody. */
  readonly identity: Identity | undefined;
  /** By `performance.now()`, because the clock of the machine may be set. */
  until: number;
}

// A look-up serves every request that waits for it, so it must not run in the call context of one.
const outsideOfAnyCall = AsyncLocalStorage.snapshot();

/**
 * Remembers for a few seconds which identity a credential has, or that it has none. Concurrent look-ups of a credential share one query.
 *
 * @remarks Bounded: the oldest answer is dropped first. Unknown credentials have a bound of their own, so that guesses do not evict known
 * credentials.
 */
export class IdentityCache {
  readonly #known = new Map<string, RememberedIdentity>();
  readonly #unknown = new Map<string, RememberedIdentity>();
  readonly #pending = new Map<string, Promise<Identity | undefined>>();
  #changes = 0;

  /** The remembered answer; undefined when nothing is remembered. */
  recall(credential: string): RememberedIdentity | undefined {
    const remembered = this.#known.get(credential) ?? this.#unknown.get(credential);
    return remembered !== undefined && performance.now() < remembered.until ? remembered : undefined;
  }

  /** True when the last answer was an identity, however long ago: then the credential is no guess. */
  wasKnown(credential: string): boolean {
    return this.#known.has(credential);
  }

  /** Queries, or waits for the same query of another request. */
  lookUp(credential: string, query: () => Promise<FoundIdentity | undefined>): Promise<Identity | undefined> {
    const pending = this.#pending.get(credential);
    if (pending !== undefined) return pending;
    const own = outsideOfAnyCall(() => this.queryAndRemember(credential, query)).finally(() => {
      // After a change another query of this credential may be pending.
      if (this.#pending.get(credential) === own) this.#pending.delete(credential);
    });
    this.#pending.set(credential, own);
    return own;
  }

  /** Forgets the answers that a change concerns; every answer when it is undefined. */
  forget(change: AccessChange | undefined): void {
    // A pending answer may be older than the change.
    this.#changes += 1;
    this.#pending.clear();
    this.#unknown.clear();
    // Kept as expired, for wasKnown.
    for (const remembered of this.#known.values()) if (concerns(change, remembered.identity)) remembered.until = 0;
  }

  private async queryAndRemember(credential: string, query: () => Promise<FoundIdentity | undefined>): Promise<Identity | undefined> {
    const askedAt = performance.now();
    const changes = this.#changes;
    const found = await query();
    const answer = { identity: found?.identity, until: askedAt + Math.min(REMEMBERED_MS, found?.validMs ?? REMEMBERED_MS) };
    if (changes !== this.#changes) this.noteOvertaken(credential, answer);
    else {
      this.#known.delete(credential);
      this.#unknown.delete(credential);
      if (found === undefined) remember(this.#unknown, MAX_UNKNOWN, credential, answer);
      else remember(this.#known, MAX_KNOWN, credential, answer);
    }
    return found?.identity;
  }

  /** A change overtook the answer: its waiters get it, and it only says that the credential is no guess, unless a later answer is there. */
  private noteOvertaken(credential: string, answer: RememberedIdentity): void {
    if (answer.identity === undefined || this.#known.has(credential) || this.#unknown.has(credential)) return;
    remember(this.#known, MAX_KNOWN, credential, { ...answer, until: 0 });
  }
}

function remember(answers: Map<string, RememberedIdentity>, limit: number, credential: string, answer: RememberedIdentity): void {
  const [oldest] = answers.keys();
  if (answers.size >= limit && oldest !== undefined) answers.delete(oldest);
  answers.set(credential, answer);
}

function concerns(change: AccessChange | undefined, identity: Identity | undefined): boolean {
  switch (change?.kind) {
    case undefined:
      return true;
    case 'operator':
      return identity?.principal.id === change.id;
    case 'session':
      return identity?.principal.sessionId === change.id;
    case 'api_key':
      return identity?.principal.apiKeyId === change.id;
  }
}
