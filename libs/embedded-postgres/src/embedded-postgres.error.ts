/** Why an embedded PostgreSQL could not start; stable, for programs. */
export type EmbeddedPostgresErrorCode =
  'folder_in_use' | 'folder_not_usable' | 'no_binaries' | 'no_account' | 'port_taken' | 'wrong_version' | 'start_failed';

/**
 * An embedded PostgreSQL that cannot start, said in one sentence that names what to do about it.
 *
 * @remarks `logTail` holds PostgreSQL's own last words when it ran and failed. Neither carries a password.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(
    readonly code: EmbeddedPostgresErrorCode,
    message: string,
    readonly logTail: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
