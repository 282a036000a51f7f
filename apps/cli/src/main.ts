import { Command } from 'commander';
import { ConfigError } from '#zakops/config';
import { DomainError } from '#zakops/kernel';
import { CliError } from './cli.error.js';
import { auditCommand } from './commands/audit/audit.command.js';
import { runMigrate } from './commands/migrate.js';
import { rolesCommand } from './commands/roles/roles.command.js';

/** The operator's command line. Every command prints what it did and exits 0, or one clear sentence and exits 1. */
async function main(args: readonly string[]): Promise<void> {
  const program = new Command('zakops').description('Operator commands of ZakOps Backend');
  program
    .command('migrate')
    .description('bring the schema of DATABASE_URL up to date; safe to repeat, and safe when several run at once')
    .action(() => runMigrate(process.env));
  program.addCommand(rolesCommand(process.env));
  program.addCommand(auditCommand());
  if (args[0] !== 'migrate' && args[0] !== 'roles' && args[0] !== 'audit') {
    // Migrations run at every start, and need none of what this loads.
    const { operatorsCommand } = await import('./commands/operators/operators.command.js');
    program.addCommand(operatorsCommand(process.env));
  }
  await program.parseAsync([...args], { from: 'user' });
}

function sentenceOf(error: unknown, command: string): string {
  if (error instanceof ConfigError || error instanceof CliError) return error.message;
  if (!(error instanceof DomainError)) return `${command} failed: ${error instanceof Error ? error.message : String(error)}`;
  return [error.detail, ...error.fields.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}.`)].join(' ');
}

const args = process.argv.slice(2);
main(args).catch((error: unknown) => {
  process.stderr.write(`${sentenceOf(error, args[0] ?? 'zakops')}\n`);
  process.exitCode = 1;
});
