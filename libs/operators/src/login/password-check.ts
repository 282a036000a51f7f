import { Injectable } from '@nestjs/common';
import { InvalidCredentialsError } from '../domain/operator.errors.js';
import { normalisePassword } from '../domain/password-rule.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import type { PasswordCheck as Comparison } from '../passwords/password-hasher.js';
import type { Credentials } from '../persistence/credential.store.js';
import { LoginFailures } from './login-failures.js';
import type { PasswordUse } from './login-failures.js';

/** A password that fits. */
export interface CheckedPassword {
  readonly account: Credentials;
  /** What it was compared with; it must still be that when the result is used. */
  readonly comparedHash: string;
  /** Set when the stored hash was made in an earlier way and is to be replaced. */
  readonly newHash: string | undefined;
}

/** Compares passwords, with the same work and the same answer whatever is wrong. */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly failures: LoginFailures,
  ) {}

  /**
   * @param account - undefined for an e-mail without an account
   * @param email - as it was given
   * @throws InvalidCredentialsError when the password is wrong, or the account does not exist or cannot log in; then the failure counts
   */
  async require(account: Credentials | undefined, email: string, given: string, use: PasswordUse): Promise<CheckedPassword> {
    const password = normalisePassword(given);
    const comparedHash = account?.passwordHash ?? this.hasher.decoy();
    const { matches, needsRehash } = await this.verify(given, password, comparedHash);
    if (!matches || account?.isLocked !== false) {
      await this.failures.note(account, email, use);
      throw new InvalidCredentialsError();
    }
    return { account, comparedHash, newHash: needsRehash ? await this.hasher.hash(password) : undefined };
  }

  /**
   * Compares a password in its one spelling, and as it was typed where that differs: an adopted hash may be of that text. The time that both
   * take depends on what was typed only, and tells nothing of the account.
   */
  private async verify(given: string, password: string, hash: string): Promise<Comparison> {
    const compared = await this.hasher.verify(password, hash);
    if (given === password) return compared;
    const asTyped = await this.hasher.verify(given, hash);
    return asTyped.matches ? { matches: true, needsRehash: true } : compared;
  }
}
