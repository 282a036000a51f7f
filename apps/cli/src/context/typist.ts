import { userInfo } from 'node:os';
import { CliError } from '../cli.error.js';

/** The environment variable that names who types; `--as` wins over it. In a container every command runs as the same user. */
export const TYPIST = 'ZAKOPS_AS';

const NAME = /^[^\p{Cc}\p{Cf}]{1,200}$/u;

/**
 * Who types a command, for the audit log: the name given, or else the user of the system.
 *
 * @throws CliError for a name that no log could show
 */
export function typistOf(env: NodeJS.ProcessEnv): string {
  const name = env[TYPIST] ?? userOfSystem();
  if (!NAME.test(name)) throw new CliError('The name of --as must have 1 to 200 visible characters.');
  return name;
}

function userOfSystem(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that no user has.
    return `uid ${String(process.getuid?.() ?? 'unknown')}`;
  }
}
