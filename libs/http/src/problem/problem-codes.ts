/** What is the same for every occurrence of a problem. */
interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/**
 * Every problem code that this API answers with. Codes are stable: a client may compare them.
 *
 * @remarks The status of a known code wins over that of the error's category, which is coarser: see `statusOfError`.
 */
export const PROBLEM_CODES = {
  DEAL_REPLACED: { status: 301, title: 'Deal merged into another' },
  VALIDATION_ERROR: { status: 400, title: 'Invalid request' },
  BAD_REQUEST: { status: 400, title: 'Unreadable request' },
  UNAUTHORIZED: { status: 401, title: 'Authentication required' },
  INVALID_CREDENTIALS: { status: 401, title: 'Wrong e-mail or password' },
  FORBIDDEN: { status: 403, title: 'Not permitted' },
  CSRF_REJECTED: { status: 403, title: 'Forged request' },
  REAUTHENTICATION_REQUIRED: { status: 403, title: 'Password needed again' },
  PASSWORD_CHANGE_REQUIRED: { status: 403, title: 'Password change needed' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  DEAL_NOT_FOUND: { status: 404, title: 'Deal not found' },
  ACTION_NOT_FOUND: { status: 404, title: 'Action not found' },
  ARTIFACT_NOT_FOUND: { status: 404, title: 'Artifact not found' },
  QUARANTINE_ITEM_NOT_FOUND: { status: 404, title: 'Quarantine item not found' },
  METHOD_NOT_ALLOWED: { status: 405, title: 'Method not allowed' },
  NOT_ACCEPTABLE: { status: 406, title: 'Not acceptable' },
  REQUEST_TIMEOUT: { status: 408, title: 'Request took too long' },
  CONFLICT: { status: 409, title: 'Conflict' },
  ALREADY_PAUSED: { status: 409, title: 'Paused already' },
  PAUSE_OVER: { status: 409, title: 'Pause is over' },
  DEAL_MERGED: { status: 409, title: 'Deal merged into another' },
  QUARANTINE_ITEM_DECIDED: { status: 409, title: 'Quarantine item already decided' },
  SENDER_NOT_FOUND: { status: 404, title: 'Sender not found' },
  ACTION_ALREADY_APPROVED: { status: 409, title: 'Action already approved' },
  ACTION_ALREADY_REJECTED: { status: 409, title: 'Action already rejected' },
  SESSION_REPLACED: { status: 409, title: 'Session replaced' },
  LAST_ADMIN: { status: 409, title: 'Last administrator' },
  IDEMPOTENCY_KEY_IN_USE: { status: 409, title: 'The first call with this key is still running' },
  IDEMPOTENT_ANSWER_WAS_SECRET: { status: 409, title: 'The first answer is not repeated' },
  PRECONDITION_FAILED: { status: 412, title: 'Precondition failed' },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'Body too large' },
  EVENT_TOO_LARGE: { status: 413, title: 'Change too large for an event' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'Unsupported media type' },
  EXPECTATION_FAILED: { status: 417, title: 'Expectation failed' },
  MISDIRECTED_REQUEST: { status: 421, title: 'Not a host of this server' },
  INVALID_STAGE_TRANSITION: { status: 422, title: 'Stage transition not allowed' },
  IMPORT_UNREADABLE: { status: 422, title: 'File cannot be imported' },
  MOVE_BLOCKED: { status: 422, title: 'Move blocked' },
  APPROVAL_REQUIRED: { status: 422, title: 'Approval required' },
  IDEMPOTENCY_KEY_REUSED: { status: 422, title: 'Key used for another call' },
  RULE_BROKEN: { status: 422, title: 'Rule broken' },
  PRECONDITION_REQUIRED: { status: 428, title: 'Precondition required' },
  RATE_LIMITED: { status: 429, title: 'Too many requests' },
  REQUEST_HEADERS_TOO_LARGE: { status: 431, title: 'Headers too large' },
  INTERNAL_ERROR: { status: 500, title: 'Internal error' },
  DATABASE_ERROR: { status: 500, title: 'Database error' },
  AGENT_ERROR: { status: 500, title: 'Agent error' },
  TOOL_EXECUTION_ERROR: { status: 500, title: 'Tool execution error' },
  NOT_IMPLEMENTED: { status: 501, title: 'Not served in this version' },
  EXTERNAL_SERVICE_ERROR: { status: 502, title: 'External service error' },
  SERVICE_UNAVAILABLE: { status: 503, title: 'Service unavailable' },
  AGENT_TIMEOUT: { status: 504, title: 'Agent timed out' },
} as const satisfies Record<string, ProblemKind>;

/** A code of {@link PROBLEM_CODES}. */
export type ProblemCode = keyof typeof PROBLEM_CODES;

/** True for a code that the table knows. */
export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEM_CODES, code);
}
