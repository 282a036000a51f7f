import { scrypt } from 'node:crypto';
import { HashScheme } from './hash-scheme.js';
import type { HashCosts } from './hash-scheme.js';

/** N = 2^17, r = 8, p = 1: the OWASP recommendation for scrypt; 128 MiB for the time of one hash. */
const COSTS = { ln: 17, r: 8, p: 1 };
const LIMITS = { ln: 18, r: 8, p: 4 };

/** scrypt, for a runtime without argon2: `$scrypt$ln=17,r=8,p=1$<salt>$<hash>`. */
export class ScryptPasswordHasher extends HashScheme {
  /** @param costs - log2 of N, block size, parallelism; tests make them small */
  constructor(costs: { readonly ln: number; readonly r: number; readonly p: number } = COSTS) {
    super('scrypt', undefined, { ln: costs.ln, r: costs.r, p: costs.p }, LIMITS);
  }

  protected override async derive(password: string, salt: Buffer, costs: HashCosts, bytes: number): Promise<Buffer> {
    const { ln = 0, r = 0, p = 0 } = costs;
    const N = 2 ** ln;
    return await new Promise((resolve, reject) => {
      // These costs need 128 * N * r bytes, which is more than Node's default limit of 32 MiB. Twice that leaves a margin.
      scrypt(password, salt, bytes, { N, r, p, maxmem: 256 * N * r }, (error, hash) => {
        if (error === null) resolve(hash);
        else reject(error);
      });
    });
  }
}
