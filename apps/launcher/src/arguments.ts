import { StartupError } from './startup.error.js';

/** What the command line asks for. */
export interface LauncherArguments {
  /** Require a login, and make a first administrator when there is no operator yet. */
  readonly auth: boolean;
  /** Fill an empty database with a demo. */
  readonly demo: boolean;
  /** Only tell what can be asked for. */
  readonly help: boolean;
}

/** What `--help` prints. */
export const HELP = `Starts ZakOps on this machine: PostgreSQL (unless DATABASE_URL names one), migrations, API and worker.

  npm start               everybody who reaches the API may do everything (AUTH_REQUIRED=false, if it is not set)
  npm start -- --auth     a login is required; the first such start makes the administrator admin@zakops.local
                          and prints the password once
  npm start -- --demo     an empty database is filled with three months of a deal team
  npm start -- --help     this text

Settings: PORT (8000), HOST (all addresses), ZAKOPS_DATA_DIR (.zakops), DATABASE_URL, and those of docs/configuration.md.
`;

/** @throws StartupError for an argument that is not known: a mistyped --auth must not start an open system */
export function readArguments(given: readonly string[]): LauncherArguments {
  const unknown = given.find((argument) => !['--auth', '--demo', '--help', '-h'].includes(argument));
  if (unknown !== undefined) throw new StartupError(`There is no argument ${unknown}: npm start -- --help tells which there are.`);
  return { auth: given.includes('--auth'), demo: given.includes('--demo'), help: given.includes('--help') || given.includes('-h') };
}
