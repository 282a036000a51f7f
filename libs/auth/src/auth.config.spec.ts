import { ConfigError, loadConfig, RuntimeConfig } from '#zakops/config';
import { AuthConfig, checkAuthConfig } from './auth.config.js';

const GOOD = 's'.repeat(32);

function problemsOf(env: Readonly<Record<string, string>>): string[] {
  try {
    loadConfig([RuntimeConfig, AuthConfig], env, [checkAuthConfig]);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.toContain(env['SESSION_SECRET'] ?? '\0');
    return error.problems.map(({ env: name }) => name);
  }
}

describe(checkAuthConfig.name, () => {
  it.each([
    [{}, []],
    [{ SESSION_SECRET: 'short-but-unused' }, []],
    [{ AUTH_REQUIRED: 'true' }, ['SESSION_SECRET']],
    [{ AUTH_REQUIRED: 'true', SESSION_SECRET: 's'.repeat(31) }, ['SESSION_SECRET']],
    [{ AUTH_REQUIRED: 'true', SESSION_SECRET: GOOD }, []],
    [{ AUTH_REQUIRED: 'true', SESSION_SECRET: `${GOOD},${GOOD}` }, []],
    [{ AUTH_REQUIRED: 'true', SESSION_SECRET: `${GOOD},short-old-one` }, ['SESSION_SECRET']],
    // 16 characters of two bytes each.
    [{ AUTH_REQUIRED: 'true', SESSION_SECRET: 'ü'.repeat(16) }, []],
    [{ APP_ENV: 'production' }, ['AUTH_REQUIRED', 'SESSION_SECRET']],
    [{ APP_ENV: 'production', SESSION_SECRET: GOOD }, ['AUTH_REQUIRED']],
    [{ APP_ENV: 'production', AUTH_REQUIRED: 'true' }, ['SESSION_SECRET']],
    [{ APP_ENV: 'production', AUTH_REQUIRED: 'true', SESSION_SECRET: GOOD }, []],
    [{ APP_ENV: 'staging' }, []],
  ])('%j has problems with %j', (env, expected) => {
    expect(problemsOf(env)).toEqual(expected);
  });
});
