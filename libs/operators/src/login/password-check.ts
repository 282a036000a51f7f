import { Injectable } from '@nestjs/common';
import { InvalidCredentialsError } from '../domain/operator.errors.js';
import { normalisePassword } from '../domain/password-rule.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
import type { PasswordComparison } from '../passwords/password-hasher.js';
import type { Credentials } from '../persistence/credential.store.js';
import { LoginFailures } from './login-failures.js';
import type { PasswordUse } from './login-failures.js';

/** A password that matched. */
export interface CheckedPassword {
  readonly account: Credentials;
  /** The stored hash, which must not have changed when the result is used. */
  readonly comparedHash: string;
  /** Set when the stored hash is of an earlier scheme or cost, and is to be replaced. */
  readonly newHash: string | undefined;
}

/** Checks passwords. Every failure takes the same work and gives the same answer. */
@Injectable()
export class PasswordCheck {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly failures: LoginFailures,
  ) {}

  /**
   * @param account - undefined for an e-mail without an account
   * @param email - as given
   * @throws InvalidCredentialsError when the password is wrong, or the account does not exist or cannot log in; the failure is counted
   */
  async require(account: Credentials | undefined, email: string, given: string, use: PasswordUse): Promise<CheckedPassword> {
    const password = normalisePassword(given);
    const comparedHash = account?.passwordHash ?? this.hasher.decoy();
    const { matches, needsRehash } = await this.verify(given, password, comparedHash);
    if (!matches || account?.isLocked !== false) {
      await this.failures.record(account, email, use);
      throw new InvalidCredentialsError();
    }
    return { account, comparedHash, newHash: needsRehash ? await this.hasher.hash(password) : undefined };
  }

  /**
   * Compares the normalised password, and the password as typed if that differs, because an adopted hash may be of that text. The time
   * depends only on what was typed, and shows nothing about the account.
   */
  private async verify(given: string, password: string, hash: string): Promise<PasswordComparison> {
    const compared = await this.hasher.verify(password, hash);
    if (given === password) return compared;
    const asTyped = await this.hasher.verify(given, hash);
    return asTyped.matches ? { matches: true, needsRehash: true } : compared;
  }
}
