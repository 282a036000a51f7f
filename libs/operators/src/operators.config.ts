import { defineConfig, flag, RuntimeConfig } from '#zakops/config';
import type { ConfigProblem, LoadedConfig } from '#zakops/config';

/** Who may become an operator. */
export class OperatorsConfig extends defineConfig('Operators', {
  allowRegistration: {
    env: 'ALLOW_REGISTRATION',
    schema: flag(),
    default: 'false',
    form: 'true or false',
    description:
      'Whether anybody who reaches the API may register and is an analyst at once. For trying things out; production refuses it and invites people instead.',
    example: 'false',
  },
}) {}

/** Production lets nobody in whom no administrator invited. */
export function checkOperatorsConfig(config: Pick<LoadedConfig, 'get'>): readonly ConfigProblem[] {
  const production = config.get(RuntimeConfig).appEnv === 'production';
  if (!production || !config.get(OperatorsConfig).allowRegistration) return [];
  const { env, example } = OperatorsConfig.settings.allowRegistration;
  return [{ env, reason: 'must not be true when APP_ENV is production', example }];
}
