import { Injectable } from '@nestjs/common';
import { InvalidCredentialsError } from '../domain/operator.errors.js';
import { normalisePassword } from '../domain/password-rule.js';
import { PasswordHasher } from '../passwords/password-hasher.js';
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
    const { matches, needsRehash } = await this.hasher.verify(password, comparedHash);
    if (!matches || account?.isLocked !== false) {
      await this.failures.note(account, email, use);
      throw new InvalidCredentialsError();
    }
    return { account, comparedHash, newHash: needsRehash ? await this.hasher.hash(password) : undefined };
  }
}
