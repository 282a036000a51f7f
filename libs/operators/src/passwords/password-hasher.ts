/** What comparing a password with a stored hash found. */
export interface PasswordCheck {
  readonly matches: boolean;
  /** True when the password matches and the stored text was not made as it would be today: hash it again and store that. */
  readonly needsRehash: boolean;
}

/** Turns passwords into texts that may be stored, and compares. Passwords are compared as given: normalise them first. */
export abstract class PasswordHasher {
  /**
   * Makes the text to store: algorithm, parameters, a fresh salt and the hash (PHC string format).
   *
   * @throws TooManyHashesError when too many callers wait already
   */
  abstract hash(password: string): Promise<string>;

  /**
   * Compares a password with a stored text. A text that cannot be read matches nothing.
   *
   * @throws TooManyHashesError when too many callers wait already
   */
  abstract verify(password: string, stored: string): Promise<PasswordCheck>;

  /**
   * A text of today's form that no password matches. Comparing with it costs what comparing with a real one costs, so that an
   * account that does not exist cannot be told from one that does.
   */
  abstract decoy(): string;
}
