/** The result of comparing a password with a stored hash. */
export interface PasswordComparison {
  readonly matches: boolean;
  /** True when the password matches, but the stored hash is of an earlier scheme or cost: replace it. */
  readonly needsRehash: boolean;
}

/** Hashes and compares passwords. Passwords are taken as given: normalise them first. */
export abstract class PasswordHasher {
  /**
   * Hashes a password with a new salt, as a text in PHC string format.
   *
   * @throws TooManyHashesError when too many callers wait
   */
  abstract hash(password: string): Promise<string>;

  /**
   * Compares a password with a stored text. A text that cannot be read matches nothing.
   *
   * @throws TooManyHashesError when too many callers wait
   */
  abstract verify(password: string, stored: string): Promise<PasswordComparison>;

  /**
   * A hash that no password matches. Comparing with it takes the same time as with a real hash, so that the time does not show whether an
   * account exists.
   */
  abstract decoy(): string;
}
