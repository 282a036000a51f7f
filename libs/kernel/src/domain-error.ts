/**
 * What kind of failure an error is. The set is closed: `libs/http` maps each to one status, and a new category fails to compile
 * there until it is mapped.
 */
export type ErrorCategory =
  | 'invalid_input'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'precondition_failed'
  | 'rule_broken'
  | 'rate_limited'
  | 'unavailable'
  | 'too_large'
  | 'internal';

/** One field that is wrong: a JSON pointer into the body (`/new_stage`) or a parameter's name (`limit`), and why. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
  /** Stable reason, for example `UNKNOWN_FIELD`. */
  readonly code: string;
}

/** The parts of an error. `detail` and `context` are shown to callers: no secrets, no SQL, no paths. */
export interface DomainErrorOptions {
  /** Stable and documented, for example `DEAL_NOT_FOUND`. */
  readonly code: string;
  readonly category: ErrorCategory;
  /** One sentence about this occurrence. */
  readonly detail: string;
  /** Structured details, shown as members of the problem body. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly fields?: readonly FieldError[];
  /** Seconds after which trying again makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** The path at which the thing is now; sent as `Location`. */
  readonly location?: string;
  readonly cause?: unknown;
}

/**
 * An error that a caller can act on. It knows no HTTP.
 *
 * @remarks `retryable` is true for the categories where the same call may succeed later: `conflict`, `rate_limited`, `unavailable`.
 */
export class DomainError extends Error {
  readonly code: string;
  readonly category: ErrorCategory;
  readonly detail: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly fields: readonly FieldError[];
  readonly retryAfterSeconds: number | undefined;
  readonly location: string | undefined;

  constructor(options: DomainErrorOptions) {
    super(options.detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.category = options.category;
    this.detail = options.detail;
    this.context = options.context ?? {};
    this.fields = options.fields ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.location = options.location;
  }

  get retryable(): boolean {
    return this.category === 'conflict' || this.category === 'rate_limited' || this.category === 'unavailable';
  }
}
