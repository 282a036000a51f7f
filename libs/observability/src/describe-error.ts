const MAX_CAUSES = 5;

/** An error as a log line tells it. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** SQLSTATE, or the code of a system error. */
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly cause?: DescribedError;
}

/**
 * Describes an error for the log by what is known to be safe.
 *
 * @remarks Database errors carry the values of their statement and, in `detail` and `where`, of rows: password hashes, tokens, people's
 * data. So the members to show are listed, and everything else is left out.
 */
export function describeError(thrown: unknown, depth = 0): DescribedError {
  if (!(thrown instanceof Error))
    return { type: typeof thrown, message: typeof thrown === 'string' ? thrown : 'not an error', stack: undefined };
  const { code, constraint, table } = thrown as { code?: unknown; constraint?: unknown; table?: unknown };
  return {
    type: thrown.name,
    message: thrown.message,
    stack: thrown.stack,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof constraint === 'string' ? { constraint } : {}),
    ...(typeof table === 'string' ? { table } : {}),
    ...(thrown.cause === undefined || depth >= MAX_CAUSES ? {} : { cause: describeError(thrown.cause, depth + 1) }),
  };
}
