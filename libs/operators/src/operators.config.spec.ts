import { ConfigError, loadConfig, RuntimeConfig } from '#zakops/config';
import { checkOperatorsConfig, OperatorsConfig } from './operators.config.js';

function problemsOf(env: Readonly<Record<string, string>>): string[] {
  try {
    loadConfig([RuntimeConfig, OperatorsConfig], env, [checkOperatorsConfig]);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ env: name }) => name);
  }
}

describe(checkOperatorsConfig.name, () => {
  it.each([
    [{}, []],
    [{ ALLOW_REGISTRATION: 'true' }, []],
    [{ ALLOW_REGISTRATION: 'true', APP_ENV: 'staging' }, []],
    [{ APP_ENV: 'production' }, []],
    [{ ALLOW_REGISTRATION: 'true', APP_ENV: 'production' }, ['ALLOW_REGISTRATION']],
    [{ ALLOW_REGISTRATION: 'perhaps' }, ['ALLOW_REGISTRATION']],
  ])('%j has problems with %j', (env, expected) => {
    expect(problemsOf(env)).toEqual(expected);
  });
});
