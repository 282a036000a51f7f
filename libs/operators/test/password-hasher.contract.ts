import type { PasswordHasher } from '../src/passwords/password-hasher.js';

/** What every adapter of {@link PasswordHasher} promises. */
export function describePasswordHasher(name: string, create: () => PasswordHasher, form: RegExp): void {
  describe(`${name} as a PasswordHasher`, () => {
    const sut = create();

    it('accepts the password it hashed, and no other', async () => {
      const stored = await sut.hash('correct horse battery');
      expect(stored).toMatch(form);
      expect(await sut.verify('correct horse battery', stored)).toEqual({ matches: true, needsRehash: false });
      for (const other of ['', 'correct horse batterz', 'correct horse battery ', 'Correct horse battery', 'correct horse batter']) {
        expect(await sut.verify(other, stored)).toEqual({ matches: false, needsRehash: false });
      }
    });

    it('tells apart what only differs behind a NUL or in the way it is composed', async () => {
      const stored = await sut.hash('pass\0word-one');
      expect((await sut.verify('pass\0word-two', stored)).matches).toBe(false);
      expect((await sut.verify('pass', stored)).matches).toBe(false);
      expect((await sut.verify('e\u0301', await sut.hash('\u00e9'))).matches).toBe(false);
    });

    it('takes a password of 128 characters of four bytes each', async () => {
      const password = '\u{1F511}'.repeat(128);
      const stored = await sut.hash(password);
      expect((await sut.verify(password, stored)).matches).toBe(true);
      expect((await sut.verify(`${password.slice(0, -2)}\u{1F512}`, stored)).matches).toBe(false);
    });

    it('salts: two hashes of one password differ', async () => {
      expect(await sut.hash('the same password')).not.toBe(await sut.hash('the same password'));
    });

    it.each([
      '',
      'plain text',
      '$argon2id$',
      '$2b$12$abcdefghijklmnopqrstuu',
      'pbkdf2_sha256$1$00$00',
      '$argon2id$v=19$m=999999999,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    ])('matches nothing with the text %j', async (stored) => {
      expect(await sut.verify('whatever it is', stored)).toEqual({ matches: false, needsRehash: false });
    });

    it('makes decoys of the form of a real hash, which nothing matches', async () => {
      const decoy = sut.decoy();
      expect(decoy).toMatch(form);
      expect(decoy).not.toBe(sut.decoy());
      expect(decoy).toHaveLength((await sut.hash('x')).length);
      expect(await sut.verify('', decoy)).toEqual({ matches: false, needsRehash: false });
    });
  });
}
