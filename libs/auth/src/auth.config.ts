import { defineConfig, flag, integer, oneOf, RuntimeConfig, textList } from '#zakops/config';
import type { ConfigProblem, LoadedConfig } from '#zakops/config';

const MIN_SECRET_BYTES = 32;

/** Authentication, sessions and keys. */
export class AuthConfig extends defineConfig('Authentication', {
  required: {
    env: 'AUTH_REQUIRED',
    schema: flag(),
    default: 'false',
    form: 'true or false',
    description:
      'Whether callers must be authenticated. When false every request without a valid session or key acts as a development operator with ' +
      'all rights; production refuses that.',
    example: 'true',
  },
  sessionSecrets: {
    env: 'SESSION_SECRET',
    schema: textList().optional(),
    form: 'at least 32 bytes; several separated by commas, the first one signs',
    description:
      'Signs session cookies, CSRF tokens and the cursors of lists. Required when AUTH_REQUIRED is true. To rotate, put a new secret in front, ' +
      'and remove the old one after SESSION_EXPIRY_HOURS.',
    example: 'use-the-output-of:openssl-rand-base64-48',
    secret: true,
  },
  sessionExpiryHours: {
    env: 'SESSION_EXPIRY_HOURS',
    schema: integer(1, 720),
    default: '24',
    form: 'hours, 1 to 720',
    description: 'How long a session lasts at most, also while it is used.',
    example: '24',
  },
  sessionIdleMinutes: {
    env: 'SESSION_IDLE_MINUTES',
    schema: integer(5, 43_200),
    default: '120',
    form: 'minutes, 5 to 43200',
    description: 'How long a session lasts without a request, to the minute. An open stream is no request.',
    example: '120',
  },
  apiKeyMaxDays: {
    env: 'API_KEY_MAX_DAYS',
    schema: integer(1, 3_650),
    default: '365',
    form: 'days, 1 to 3650',
    description:
      'How long an API key lasts at most. A key that is created or rotated without an end gets this end. Existing keys keep theirs.',
    example: '365',
  },
  opsReaders: {
    env: 'OPS_READERS',
    schema: oneOf(['everyone', 'admins']),
    default: 'everyone',
    form: 'everyone or admins',
    description:
      'Who holds the scope `admin:stats`, which reads stats and metrics and no payload: every role, or only `admin` and `oncall`.',
    example: 'admins',
  },
  cookieSecure: {
    env: 'SESSION_COOKIE_SECURE',
    schema: flag().optional(),
    form: 'true or false; unset: true in production and staging, else false',
    description: 'Whether browsers send the session cookie over https only. The cookie is named `__Host-zakops_session` then.',
    example: 'true',
  },
  cookieSameSite: {
    env: 'SESSION_COOKIE_SAMESITE',
    schema: oneOf(['strict', 'lax']),
    default: 'strict',
    form: 'strict or lax',
    description: 'With `lax`, a link from another site opens a page with the session. With `strict`, the page asks for a new login.',
    example: 'strict',
  },
}) {}

/** Whether cookies are for https only: as set, else true in production and staging. */
export function hasSecureCookies(config: Pick<AuthConfig, 'cookieSecure'>, { appEnv }: Pick<RuntimeConfig, 'appEnv'>): boolean {
  return config.cookieSecure ?? (appEnv === 'production' || appEnv === 'staging');
}

/** Checks that production requires authentication, and that authentication has a secret. */
export function checkAuthConfig(config: Pick<LoadedConfig, 'get'>): readonly ConfigProblem[] {
  const { required, sessionSecrets = [], cookieSecure } = config.get(AuthConfig);
  const production = config.get(RuntimeConfig).appEnv === 'production';
  const problems: ConfigProblem[] = [];
  if (production && !required) problems.push({ env: 'AUTH_REQUIRED', reason: 'must be true when APP_ENV is production', example: 'true' });
  if (production && cookieSecure === false) {
    problems.push({ env: 'SESSION_COOKIE_SECURE', reason: 'must not be false when APP_ENV is production', example: 'true' });
  }
  const { env, example } = AuthConfig.settings.sessionSecrets;
  if ((production || required) && sessionSecrets.length === 0)
    problems.push({ env, reason: 'is not set, and AUTH_REQUIRED=true or APP_ENV=production needs it', example });
  if ((production || required) && sessionSecrets.some((secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES)) {
    problems.push({ env, reason: `must have at least ${String(MIN_SECRET_BYTES)} bytes`, example });
  }
  return problems;
}
