import { AsyncLocalStorage } from 'node:async_hooks';
import type { AccessChange } from '../changes/access-change.js';
import type { FoundIdentity, Identity } from './identity.js';

/**
 * The longest that anything is remembered, counted from before the question. Together with the interval at which open streams are looked
 * at it must stay below the five seconds within which an end is promised, because a stream may begin at the last moment.
 */
export const REMEMBERED_MS = 3_000;

const MAX_KNOWN = 10_000;
const MAX_UNKNOWN = 1_000;

interface Entry {
  readonly identity: Identity;
  /** By `performance.now()`: the clock of the machine may be set while this runs. */
  until: number;
}

// A look-up serves everybody who waits for it, so it belongs to no single request.
const outsideOfAnyCall = AsyncLocalStorage.snapshot();

/**
 * Remembers for a few seconds whom a credential belongs to, also that it belongs to nobody, and asks only once however many wait.
 *
 * @remarks Its keys are credentials as they were sent. Bounded: the oldest entry gives way. Those that belong to nobody have room of
 * their own, so that guessing pushes out nobody.
 */
export class IdentityCache {
  readonly #known = new Map<string, Entry>();
  readonly #unknown = new Map<string, number>();
  readonly #asked = new Map<string, Promise<Identity | undefined>>();
  #changes = 0;

  /** @returns undefined when nothing is remembered, null when it is remembered that the credential belongs to nobody */
  recall(credential: string): Identity | null | undefined {
    const entry = this.#known.get(credential);
    if (entry !== undefined) return performance.now() < entry.until ? entry.identity : undefined;
    const unknownUntil = this.#unknown.get(credential);
    if (unknownUntil === undefined) return undefined;
    if (performance.now() < unknownUntil) return null;
    this.#unknown.delete(credential);
    return undefined;
  }

  /** True when the credential belonged to somebody the last time it was asked about, however long ago: then it is no guess. */
  wasKnown(credential: string): boolean {
    return this.#known.has(credential);
  }

  /** Asks, or waits for the answer that somebody else has asked for. */
  lookUp(credential: string, ask: () => Promise<FoundIdentity | undefined>): Promise<Identity | undefined> {
    let asked = this.#asked.get(credential);
    if (asked === undefined) {
      const mine = outsideOfAnyCall(() => this.ask(credential, ask)).finally(() => {
        // After a change somebody else may be asking already.
        if (this.#asked.get(credential) === mine) this.#asked.delete(credential);
      });
      this.#asked.set(credential, (asked = mine));
    }
    return asked;
  }

  /** Forgets what a change concerns; everything when it is undefined. */
  forget(change: AccessChange | undefined): void {
    // An answer that is on its way may be from before the change: it serves who waits for it and is not remembered.
    this.#changes += 1;
    this.#asked.clear();
    this.#unknown.clear();
    for (const entry of this.#known.values()) if (concerns(change, entry.identity)) entry.until = 0;
  }

  private async ask(credential: string, ask: () => Promise<FoundIdentity | undefined>): Promise<Identity | undefined> {
    const askedAt = performance.now();
    const changes = this.#changes;
    const found = await ask();
    if (changes !== this.#changes) return found?.identity;
    this.#known.delete(credential);
    if (found === undefined) {
      remember(this.#unknown, MAX_UNKNOWN, credential, askedAt + REMEMBERED_MS);
      return undefined;
    }
    const until = askedAt + Math.min(REMEMBERED_MS, found.validMs);
    remember(this.#known, MAX_KNOWN, credential, { identity: found.identity, until });
    return found.identity;
  }
}

function remember<V>(entries: Map<string, V>, limit: number, credential: string, value: V): void {
  if (entries.size >= limit) {
    const [oldest] = entries.keys();
    if (oldest !== undefined) entries.delete(oldest);
  }
  entries.set(credential, value);
}

function concerns(change: AccessChange | undefined, { principal }: Identity): boolean {
  if (change === undefined) return true;
  switch (change.kind) {
    case 'operator':
      return principal.id === change.id;
    case 'session':
      return principal.sessionId === change.id;
    case 'api_key':
      return principal.apiKeyId === change.id;
  }
}
