import { loadConfig } from '#zakops/config';
import { DatabaseConfig, grantRuntimeRole } from '#zakops/database';
import { Command } from 'commander';
import { RUNTIME_GRANTS } from '../../../../../migrations/runtime-grants.js';

/** The rights of database roles: `zakops roles grant --role NAME`. */
export function rolesCommand(env: NodeJS.ProcessEnv): Command {
  const command = new Command('roles').description('rights of database roles');
  command
    .command('grant')
    .description('give a role what API and worker need, and no more; DATABASE_URL is that of the migration role')
    .requiredOption('--role <name>', 'an existing role; migrate renews its rights from then on')
    .action(async ({ role }: { role: string }) => {
      await grantRuntimeRole(loadConfig([DatabaseConfig], env).get(DatabaseConfig).url, role, RUNTIME_GRANTS);
      process.stdout.write(`${role} may read and write what API and worker need, and change nothing else\n`);
    });
  return command;
}
