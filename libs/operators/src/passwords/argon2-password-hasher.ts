import * as crypto from 'node:crypto';
import { HashScheme } from './hash-scheme.js';
import type { HashCosts } from './hash-scheme.js';

const VERSION = 0x13;
/** 19 MiB, two passes, one lane: the OWASP recommendation for argon2id. */
const COSTS = { m: 19_456, t: 2, p: 1 };
const LIMITS = { m: 262_144, t: 10, p: 4 };

/** argon2id of `node:crypto`: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`. */
export class Argon2PasswordHasher extends HashScheme {
  /** False on a Node older than 24.7, whose crypto has no argon2. */
  static get isAvailable(): boolean {
    return typeof (crypto as Partial<typeof crypto>).argon2 === 'function';
  }

  /** @param costs - memory in KiB, passes, lanes; tests make them small */
  constructor(costs: { readonly m: number; readonly t: number; readonly p: number } = COSTS) {
    super('argon2id', VERSION, { m: costs.m, t: costs.t, p: costs.p }, LIMITS);
  }

  protected override async derive(password: string, salt: Buffer, costs: HashCosts, bytes: number): Promise<Buffer> {
    const { m: memory = 0, t: passes = 0, p: parallelism = 0 } = costs;
    return await new Promise((resolve, reject) => {
      const parameters = { message: password, nonce: salt, parallelism, tagLength: bytes, memory, passes };
      crypto.argon2('argon2id', parameters, (error, hash) => {
        if (error === null) resolve(hash);
        else reject(error);
      });
    });
  }
}
