import { readFileSync } from 'node:fs';
import type { ConfigProblem } from './config-problem.js';
import type { Setting } from './setting.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** The unchecked text of a setting; undefined when it is not set. */
type Source = { readonly text: string | undefined; readonly from: 'environment' | 'file' } | { readonly problem: ConfigProblem };

/**
 * The text of a setting: its variable, or for a secret the trimmed content of the file that `<NAME>_FILE` names.
 *
 * @remarks No problem shows the path, because an operator who confuses the two variables puts the secret there.
 */
export function readSource(setting: Setting, env: Environment): Source {
  const given = nonEmpty(env[setting.env]);
  if (setting.secret !== true) return { text: given, from: 'environment' };
  const fileEnv = `${setting.env}_FILE`;
  const path = nonEmpty(env[fileEnv]);
  if (path === undefined) return { text: given, from: 'environment' };
  const problem = (reason: string): Source => ({ problem: { env: fileEnv, reason, example: `/run/secrets/${setting.env.toLowerCase()}` } });
  if (given !== undefined) return problem(`is set beside ${setting.env}; set one of the two`);
  try {
    const text = nonEmpty(readFileSync(path, 'utf8').trim());
    return text === undefined ? problem('names an empty file') : { text, from: 'file' };
  } catch (error) {
    return problem(`names a file that cannot be read (${codeOf(error)})`);
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown reason';
}
