import { randomBytes, timingSafeEqual } from 'node:crypto';
import { formatPhc, parsePhc } from './phc-string.js';
import type { PhcString } from './phc-string.js';
import { PasswordHasher } from './password-hasher.js';
import type { PasswordComparison } from './password-hasher.js';

/** Costs of a scheme, by their names in the PHC string. */
export type HashCosts = Readonly<Record<string, number>>;

const SALT_BYTES = 16;
const HASH_BYTES = 32;
const NO_MATCH: PasswordComparison = { matches: false, needsRehash: false };

/** A hasher with one algorithm, which stores PHC strings. */
export abstract class HashScheme extends PasswordHasher {
  /** @param costs - of new hashes; a stored hash with other costs is compared, and then replaced */
  protected constructor(
    private readonly id: string,
    private readonly version: number | undefined,
    private readonly costs: HashCosts,
    /** The highest costs of a stored hash that are accepted. */
    private readonly limits: HashCosts,
  ) {
    super();
  }

  override async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    return this.format(salt, await this.derive(password, salt, this.costs, HASH_BYTES));
  }

  override async verify(password: string, stored: string): Promise<PasswordComparison> {
    const known = this.read(stored);
    if (known === undefined) return NO_MATCH;
    const hash = await this.derive(password, known.salt, known.parameters, known.hash.length);
    const matches = timingSafeEqual(hash, known.hash);
    return { matches, needsRehash: matches && !this.hasCurrentCosts(known) };
  }

  override decoy(): string {
    return this.format(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));
  }

  /** True for a hash of this scheme, with any costs. */
  canRead(stored: string): boolean {
    return this.read(stored) !== undefined;
  }

  protected abstract derive(password: string, salt: Buffer, costs: HashCosts, bytes: number): Promise<Buffer>;

  private format(salt: Buffer, hash: Buffer): string {
    return formatPhc({ id: this.id, version: this.version, parameters: this.costs, salt, hash });
  }

  private read(stored: string): PhcString | undefined {
    const phc = parsePhc(stored);
    if (phc?.id !== this.id || phc.version !== this.version) return undefined;
    const names = Object.keys(this.costs);
    const within = ({ parameters }: PhcString): boolean =>
      names.length === Object.keys(parameters).length &&
      names.every((name) => (parameters[name] ?? 0) >= 1 && (parameters[name] ?? 0) <= (this.limits[name] ?? 0));
    return within(phc) && phc.salt.length >= 8 && phc.hash.length >= 16 && phc.hash.length <= 64 ? phc : undefined;
  }

  private hasCurrentCosts({ parameters, salt, hash }: PhcString): boolean {
    return (
      salt.length === SALT_BYTES &&
      hash.length === HASH_BYTES &&
      Object.entries(this.costs).every(([name, value]) => parameters[name] === value)
    );
  }
}
