import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';

/** The rights of database roles: `zakops roles grant --role NAME`. */
export function rolesCommand(context: CliContext): DocumentedCommand {
  const command = new DocumentedCommand('roles').description('rights of database roles');
  const grant = command
    .command('grant')
    .description('give a role what API and worker need, and no more; DATABASE_URL is that of the migration role')
    .requiredOption('--role <name>', 'an existing role; migrate renews its rights from then on')
    .action(async ({ role }: { role: string }) => {
      // Not loaded for other commands.
      await (await import('./grant-role.js')).grantRole(context, role);
    });
  grant.document({
    changes: 'what the role may do in schema zakops: what it was given by hand is taken away',
    examples: [
      { run: 'zakops roles grant --role zakops_app', does: 'after CREATE ROLE zakops_app LOGIN PASSWORD ... (docs/database-roles.md)' },
    ],
  });
  return command;
}
