import { InvalidCredentialsError } from '../domain/operator.errors.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import type { PasswordComparison } from '../passwords/password-hasher.js';
import type { Credentials } from '../persistence/credential.store.js';
import type { LoginFailures } from './login-failures.js';
import { PasswordCheck } from './password-check.js';

/** Notes what it is asked to do, and does it without any work. */
class CountingHasher extends PasswordHasher {
  readonly compared: string[] = [];
  hashed = 0;

  override hash(password: string): Promise<string> {
    this.hashed += 1;
    return Promise.resolve(`new:${password}`);
  }

  override verify(password: string, stored: string): Promise<PasswordComparison> {
    this.compared.push(stored);
    return Promise.resolve({ matches: stored.endsWith(`:${password}`), needsRehash: stored === `old:${password}` });
  }

  override decoy(): string {
    return 'decoy';
  }
}

const ANN: Credentials = {
  id: 'id',
  email: 'ann@example.com',
  name: 'Ann',
  role: 'analyst',
  passwordHash: 'new:right',
  source: null,
  isLocked: false,
};

function setup(): { sut: PasswordCheck; hasher: CountingHasher; noted: unknown[][] } {
  const hasher = new CountingHasher();
  const noted: unknown[][] = [];
  const failures = { record: (...args: unknown[]) => Promise.resolve(void noted.push(args)) } as unknown as LoginFailures;
  return { sut: new PasswordCheck(hasher, failures), hasher, noted };
}

describe(PasswordCheck.name, () => {
  it.each([
    ['a wrong password', ANN, 'wrong', 'new:right'],
    ['an e-mail without an account', undefined, 'right', 'decoy'],
    ['an account that is disabled or has no password', { ...ANN, passwordHash: null }, 'right', 'decoy'],
    ['a locked account and the right password', { ...ANN, isLocked: true }, 'right', 'new:right'],
    ['a locked account and a wrong password', { ...ANN, isLocked: true }, 'wrong', 'new:right'],
  ])('compares once, counts once and answers alike for %s', async (_what, account, password, compared) => {
    const { sut, hasher, noted } = setup();
    await expect(sut.require(account, 'ann@example.com', password, 'login')).rejects.toThrow(InvalidCredentialsError);
    expect(hasher.compared).toEqual([compared]);
    expect(hasher.hashed).toBe(0);
    expect(noted).toEqual([[account, 'ann@example.com', 'login']]);
  });

  it('takes a password in its one spelling, and as it was typed where a stored hash is of that text', async () => {
    const { sut, hasher, noted } = setup();
    const composed = { ...ANN, passwordHash: 'new:Caf\u00E9' };
    expect(await sut.require(composed, ANN.email, 'Cafe\u0301', 'login')).toMatchObject({ newHash: undefined });
    const asTyped = { ...ANN, passwordHash: 'new:Cafe\u0301' };
    expect(await sut.require(asTyped, ANN.email, 'Cafe\u0301', 'login')).toMatchObject({ newHash: 'new:Caf\u00E9' });
    expect(noted).toEqual([]);
    expect(hasher.compared).toHaveLength(4);
  });

  it.each([ANN, undefined])('compares twice for every account when the typed form is another one', async (account) => {
    const { sut, hasher, noted } = setup();
    await expect(sut.require(account, ANN.email, 'Cafe\u0301', 'login')).rejects.toThrow(InvalidCredentialsError);
    expect(hasher.compared).toHaveLength(2);
    expect(noted).toHaveLength(1);
  });

  it('gives what it compared with, and a new hash only when the stored one is of an earlier kind', async () => {
    const { sut, noted } = setup();
    expect(await sut.require(ANN, ANN.email, 'right', 'login')).toEqual({ account: ANN, comparedHash: 'new:right', newHash: undefined });
    const old = { ...ANN, passwordHash: 'old:right' };
    expect(await sut.require(old, ANN.email, 'right', 'login')).toEqual({ account: old, comparedHash: 'old:right', newHash: 'new:right' });
    expect(noted).toEqual([]);
  });
});
