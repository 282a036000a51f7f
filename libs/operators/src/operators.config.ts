import { defineConfig, flag, RuntimeConfig } from '#zakops/config';
import type { ConfigProblem, LoadedConfig } from '#zakops/config';

/** Registration of operators. */
export class OperatorsConfig extends defineConfig('Operators', {
  allowRegistration: {
    env: 'ALLOW_REGISTRATION',
    schema: flag(),
    default: 'false',
    form: 'true or false',
    description:
      'Whether every caller of the API may register and becomes an analyst. For trials; production refuses it, and administrators invite operators there.',
    example: 'false',
  },
}) {}

/** Checks that registration is closed in production. */
export function checkOperatorsConfig(config: Pick<LoadedConfig, 'get'>): readonly ConfigProblem[] {
  const production = config.get(RuntimeConfig).appEnv === 'production';
  if (!production || !config.get(OperatorsConfig).allowRegistration) return [];
  const { env, example } = OperatorsConfig.settings.allowRegistration;
  return [{ env, reason: 'must not be true when APP_ENV is production', example }];
}
