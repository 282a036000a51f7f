import { Logger } from '@nestjs/common';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { HashQueue } from './hash-queue.js';
import type { HashScheme } from './hash-scheme.js';
import { LegacyPasswordVerifier } from './legacy-password-verifier.js';
import { PasswordHasher } from './password-hasher.js';
import type { PasswordCheck } from './password-hasher.js';
import { ScryptPasswordHasher } from './scrypt-password-hasher.js';

/** More would share the same cores, and take 19 MiB each. */
const MAX_RUNNING = 4;
/** About a second of work on two cores: whoever would wait longer is told to come back. */
const MAX_WAITING = 40;

/**
 * Hashes with the best scheme of this runtime, reads those of every scheme, and asks for a new hash when it was another one.
 *
 * @remarks At most four hashes at once per process; 40 wait, further ones are refused with 429 `RATE_LIMITED`.
 */
export class CurrentPasswordHasher extends PasswordHasher {
  readonly #current: HashScheme;
  readonly #earlier: readonly HashScheme[];
  readonly #legacy = new LegacyPasswordVerifier();
  readonly #queue: HashQueue;
  readonly #logger = new Logger(CurrentPasswordHasher.name);
  #hasComplained = false;

  /** @param schemes - the first makes new hashes; all can be read */
  constructor([current, ...earlier]: readonly [HashScheme, ...HashScheme[]], queue = new HashQueue(MAX_RUNNING, MAX_WAITING)) {
    super();
    this.#current = current;
    this.#earlier = earlier;
    this.#queue = queue;
  }

  /** argon2id where the runtime has it, else scrypt; hashes of scrypt are upgraded once it has. */
  static ofRuntime(hasArgon2 = Argon2PasswordHasher.isAvailable): CurrentPasswordHasher {
    const scrypt = new ScryptPasswordHasher();
    return new CurrentPasswordHasher(hasArgon2 ? [new Argon2PasswordHasher(), scrypt] : [scrypt]);
  }

  override async hash(password: string): Promise<string> {
    return this.#queue.run(() => this.#current.hash(password));
  }

  override async verify(password: string, stored: string): Promise<PasswordCheck> {
    return this.#queue.run(async () => {
      const earlier = this.#earlier.find((scheme) => scheme.canRead(stored));
      if (earlier !== undefined) return asEarlier((await earlier.verify(password, stored)).matches);
      if (this.#legacy.canRead(stored)) return asEarlier(await this.#legacy.verify(password, stored));
      // A text that nobody can read costs the same as any other: that something is wrong with an account shows to nobody outside.
      if (!this.#current.canRead(stored)) {
        this.complain();
        return { ...(await this.#current.verify(password, this.decoy())), matches: false };
      }
      return this.#current.verify(password, stored);
    });
  }

  /** Once: what cannot be read today could be read where it was made, and the operator only sees a wrong password. */
  private complain(): void {
    if (this.#hasComplained) return;
    this.#hasComplained = true;
    this.#logger.warn(
      'A stored password hash is of a scheme that this Node does not have (argon2id needs Node 24): its operator cannot log in here.',
    );
  }

  override decoy(): string {
    return this.#current.decoy();
  }
}

function asEarlier(matches: boolean): PasswordCheck {
  return { matches, needsRehash: matches };
}
