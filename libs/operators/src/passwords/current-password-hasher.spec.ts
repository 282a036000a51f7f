import { pbkdf2Sync } from 'node:crypto';
import { describePasswordHasher } from '../../test/password-hasher.contract.js';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { CurrentPasswordHasher } from './current-password-hasher.js';
import { LegacyPasswordVerifier } from './legacy-password-verifier.js';
import { ScryptPasswordHasher } from './scrypt-password-hasher.js';

const CHEAP_ARGON2 = { m: 64, t: 1, p: 1 };
const CHEAP_SCRYPT = { ln: 4, r: 8, p: 1 };

// Tests may run on an older Node than the product; then there is no argon2 to test.
if (Argon2PasswordHasher.isAvailable) {
  describePasswordHasher(
    'Argon2PasswordHasher',
    () => new Argon2PasswordHasher(CHEAP_ARGON2),
    /^\$argon2id\$v=19\$m=64,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/,
  );
  describePasswordHasher(
    'CurrentPasswordHasher',
    () => CurrentPasswordHasher.ofRuntime(),
    /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/,
  );
}
describePasswordHasher(
  'ScryptPasswordHasher',
  () => new ScryptPasswordHasher(CHEAP_SCRYPT),
  /^\$scrypt\$ln=4,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/,
);
describePasswordHasher(
  'CurrentPasswordHasher without argon2',
  () => new CurrentPasswordHasher([new ScryptPasswordHasher(CHEAP_SCRYPT)]),
  /^\$scrypt\$/,
);

/** As the original hashed: the salt is the hexadecimal text itself. */
function original(password: string, salt = '00112233445566778899aabbccddeeff'): string {
  return `pbkdf2_sha256$100000$${salt}$${pbkdf2Sync(password, salt, 100_000, 32, 'sha256').toString('hex')}`;
}

describe(CurrentPasswordHasher.name, () => {
  const scrypt = new ScryptPasswordHasher(CHEAP_SCRYPT);
  const sut = new CurrentPasswordHasher([new Argon2PasswordHasher(CHEAP_ARGON2), scrypt]);

  it('accepts a hash of the original, and asks for a new one', async () => {
    const stored = original('a password of the original');
    expect(await sut.verify('a password of the original', stored)).toEqual({ matches: true, needsRehash: true });
    expect(await sut.verify('another password', stored)).toEqual({ matches: false, needsRehash: false });
  });

  it('accepts a hash that the original itself would have made', async () => {
    // Python: hashlib.pbkdf2_hmac('sha256', b'correct horse battery', b'6b1f0a8e5c9d4e3f8a7b6c5d4e3f2a1b', 100000).hex()
    const stored = 'pbkdf2_sha256$100000$6b1f0a8e5c9d4e3f8a7b6c5d4e3f2a1b$cc850944424e5c32dc0b8b6afb9f6f3185fe0c44d3fcfe352b4f36b50b7cdf32';
    expect((await sut.verify('correct horse battery', stored)).matches).toBe(true);
  });

  it.each([
    ['other costs', () => new Argon2PasswordHasher({ m: 128, t: 1, p: 1 }).hash('secret password')],
    ['another scheme', () => scrypt.hash('secret password')],
  ])('accepts a hash of %s, and asks for a new one', async (_what, make) => {
    const stored = await make();
    expect(await sut.verify('secret password', stored)).toEqual({ matches: true, needsRehash: true });
    expect(await sut.verify('wrong password', stored)).toEqual({ matches: false, needsRehash: false });
  });

  it('makes one hash of every kind that anybody has, whichever the account has, and whether there is one', async () => {
    const made: string[] = [];
    class CountingScrypt extends ScryptPasswordHasher {
      protected override derive(...args: Parameters<ScryptPasswordHasher['derive']>): Promise<Buffer> {
        made.push(`scrypt ${JSON.stringify(args[2])}`);
        return super.derive(...args);
      }
    }
    class CountingArgon2 extends Argon2PasswordHasher {
      protected override derive(...args: Parameters<Argon2PasswordHasher['derive']>): Promise<Buffer> {
        made.push('argon2');
        return super.derive(...args);
      }
    }
    const legacy = jest.spyOn(LegacyPasswordVerifier.prototype, 'verify').mockImplementation(() => {
      made.push('legacy');
      return Promise.resolve(false);
    });
    const kinds = ['pbkdf2_sha256$100000', '$scrypt$ln=4,r=8,p=1', '$scrypt$ln=5,r=8,p=1', '$bcrypt$cost=12'];
    const counting = new CurrentPasswordHasher([new CountingArgon2(CHEAP_ARGON2), new CountingScrypt(CHEAP_SCRYPT)], () =>
      Promise.resolve(kinds),
    );
    const nobody = counting.decoy();
    const accounts = [
      nobody,
      original('x'),
      await scrypt.hash('x'),
      await new ScryptPasswordHasher({ ln: 5, r: 8, p: 1 }).hash('x'),
      'unreadable',
    ];
    for (const stored of accounts) {
      made.length = 0;
      expect((await counting.verify('wrong', stored)).matches).toBe(false);
      expect([...made].sort()).toEqual(['argon2', 'legacy', 'scrypt {"ln":4,"r":8,"p":1}', 'scrypt {"ln":5,"r":8,"p":1}']);
    }
    legacy.mockRestore();
  });

  it('uses scrypt with the recommended costs where the runtime has no argon2', () => {
    expect(CurrentPasswordHasher.ofRuntime(undefined, false).decoy()).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/);
  });

  it('hashes with the recommended scrypt costs within the memory that Node allows for it', async () => {
    const real = new ScryptPasswordHasher();
    expect((await real.verify('secret password', await real.hash('secret password'))).matches).toBe(true);
  });
});
