import { grantRuntimeRole } from '#zakops/database';
import { RUNTIME_GRANTS } from '../../../../../migrations/runtime-grants.js';
import type { CliContext } from '../../context/cli-context.js';
import { migrationDatabase } from '../../settings/migration-database.js';

/** Gives a role the rights of the run-time role. */
export async function grantRole({ env, terminal }: CliContext, role: string): Promise<void> {
  await grantRuntimeRole(migrationDatabase(env).url, role, RUNTIME_GRANTS);
  terminal.print(`${role} may read and write what API and worker need, and change nothing else`);
}
