import { currentCall } from '#zakops/observability';
import { addressSubject, networkSubjects } from '#zakops/rate-limit';
import { Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { HashQueue } from './hash-queue.js';
import type { HashScheme } from './hash-scheme.js';
import { LegacyPasswordVerifier } from './legacy-password-verifier.js';
import { PasswordHasher } from './password-hasher.js';
import type { PasswordComparison } from './password-hasher.js';
import { ScryptPasswordHasher } from './scrypt-password-hasher.js';

/** More would share the same cores, and use 19 MiB each. */
const MAX_RUNNING = 4;
/** About a second of work on two cores; further callers are refused. */
const MAX_WAITING = 40;
/** How long the kinds of stored hashes are cached. */
const KINDS_MS = 60_000;
/** Salt and hash, the last two parts of every stored text. */
const SALT_AND_HASH = /\$[^$]*\$[^$]*$/;
const LEGACY_KIND = 'pbkdf2_sha256$100000';

/**
 * Hashes with the best scheme of this runtime, compares hashes of every scheme, and asks for a new hash of those of an earlier scheme.
 *
 * @remarks At most four hashes at once per process; 40 callers wait, in turns by network; further callers are refused with 429
 * `RATE_LIMITED`. Every comparison makes one hash of each kind that any operator has. So its time does not show the kind of an account, or
 * whether there is one.
 */
export class CurrentPasswordHasher extends PasswordHasher {
  readonly #current: HashScheme;
  readonly #earlier: readonly HashScheme[];
  readonly #legacy = new LegacyPasswordVerifier();
  readonly #queue: HashQueue;
  readonly #logger = new Logger(CurrentPasswordHasher.name);
  #hasWarned = false;
  #kinds: readonly string[] = [];
  #kindsUntil = 0;

  /**
   * @param schemes - the first makes new hashes; hashes of all can be compared
   * @param storedKinds - the kinds of all stored hashes: scheme and costs, without salt and hash
   */
  constructor(
    [current, ...earlier]: readonly [HashScheme, ...HashScheme[]],
    private readonly storedKinds: () => Promise<readonly string[]> = () => Promise.resolve([]),
  ) {
    super();
    this.#current = current;
    this.#earlier = earlier;
    this.#queue = new HashQueue(MAX_RUNNING, MAX_WAITING);
  }

  /** argon2id where the runtime has it, else scrypt. */
  static ofRuntime(storedKinds?: () => Promise<readonly string[]>, hasArgon2 = Argon2PasswordHasher.isAvailable): CurrentPasswordHasher {
    const scrypt = new ScryptPasswordHasher();
    return new CurrentPasswordHasher(hasArgon2 ? [new Argon2PasswordHasher(), scrypt] : [scrypt], storedKinds);
  }

  override async hash(password: string): Promise<string> {
    return this.#queue.run(() => this.#current.hash(password), callerLine());
  }

  override async verify(password: string, stored: string): Promise<PasswordComparison> {
    const decoys = await this.decoysBeside(stored);
    return this.#queue.run(async () => {
      const checked = await this.compare(password, stored);
      for (const decoy of decoys) await this.compare(password, decoy);
      return checked;
    }, callerLine());
  }

  private async compare(password: string, stored: string): Promise<PasswordComparison> {
    const earlier = this.#earlier.find((scheme) => scheme.canRead(stored));
    if (earlier !== undefined) return asEarlier((await earlier.verify(password, stored)).matches);
    if (this.#legacy.canRead(stored)) return asEarlier(await this.#legacy.verify(password, stored));
    // An unreadable hash takes the same time as any other, so that a client sees nothing of it.
    if (!this.#current.canRead(stored)) {
      this.warnOnce();
      return { ...(await this.#current.verify(password, this.decoy())), matches: false };
    }
    return this.#current.verify(password, stored);
  }

  /** A decoy of every kind in use except that of `stored`. */
  private async decoysBeside(stored: string): Promise<readonly string[]> {
    if (performance.now() >= this.#kindsUntil) {
      this.#kinds = await this.storedKinds();
      this.#kindsUntil = performance.now() + KINDS_MS;
    }
    const current = kindOf(this.decoy());
    const own = this.canRead(stored) ? kindOf(stored) : current;
    const others = [...new Set([current, ...this.#kinds])].filter((kind) => kind !== own);
    return others.map(decoyOf).filter((decoy) => this.canRead(decoy));
  }

  private canRead(stored: string): boolean {
    return [this.#current, ...this.#earlier, this.#legacy].some((scheme) => scheme.canRead(stored));
  }

  /** Logs once that a stored hash cannot be read: its operator only sees a wrong password. */
  private warnOnce(): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#logger.warn(
      'A stored password hash is of a scheme that this Node does not have (argon2id needs Node 24): its operator cannot log in here.',
    );
  }

  override decoy(): string {
    return this.#current.decoy();
  }
}

function kindOf(stored: string): string {
  return stored.replace(SALT_AND_HASH, '');
}

function decoyOf(kind: string): string {
  const encoding = kind === LEGACY_KIND ? 'hex' : 'base64';
  return [kind, ...[16, 32].map((bytes) => randomBytes(bytes).toString(encoding).replaceAll('=', ''))].join('$');
}

/** The network of the caller, whose logins wait behind each other. */
function callerLine(): string {
  const address = currentCall()?.origin?.address ?? '';
  return networkSubjects(address)[0] ?? addressSubject(address);
}

function asEarlier(matches: boolean): PasswordComparison {
  return { matches, needsRehash: matches };
}
