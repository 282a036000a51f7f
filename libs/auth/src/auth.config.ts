import { defineConfig, flag, RuntimeConfig, textList } from '#zakops/config';
import type { ConfigProblem, LoadedConfig } from '#zakops/config';

const MIN_SECRET_BYTES = 32;

/** Who is let in. */
export class AuthConfig extends defineConfig('Authentication', {
  required: {
    env: 'AUTH_REQUIRED',
    schema: flag(),
    default: 'false',
    form: 'true or false',
    description:
      'Whether callers must be authenticated. When false every request acts as a development operator with all rights; production refuses that.',
    example: 'true',
  },
  sessionSecrets: {
    env: 'SESSION_SECRET',
    schema: textList().optional(),
    form: 'at least 32 bytes; several separated by commas, the first one signs',
    description:
      'Signs what a session carries. Needed when AUTH_REQUIRED is true. Put a new one in front to rotate, and drop the old one later.',
    example: 'use-the-output-of:openssl-rand-base64-48',
    secret: true,
  },
}) {}

/** Production never runs open, and authentication never runs without a good secret. */
export function checkAuthConfig(config: Pick<LoadedConfig, 'get'>): readonly ConfigProblem[] {
  const { required, sessionSecrets = [] } = config.get(AuthConfig);
  const production = config.get(RuntimeConfig).appEnv === 'production';
  const problems: ConfigProblem[] = [];
  if (production && !required) problems.push({ env: 'AUTH_REQUIRED', reason: 'must be true when APP_ENV is production', example: 'true' });
  if (!production && !required) return problems;
  const { env, example } = AuthConfig.settings.sessionSecrets;
  if (sessionSecrets.length === 0)
    problems.push({ env, reason: 'is not set, and AUTH_REQUIRED=true or APP_ENV=production needs it', example });
  if (sessionSecrets.some((secret) => Buffer.byteLength(secret) < MIN_SECRET_BYTES)) {
    problems.push({ env, reason: `must have at least ${String(MIN_SECRET_BYTES)} bytes`, example });
  }
  return problems;
}
