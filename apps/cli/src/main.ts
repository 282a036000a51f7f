import { Command } from 'commander';
import { ConfigError } from '#zakops/config';
import { runMigrate } from './commands/migrate.js';

/** The operator's command line. Every command prints what it did and exits 0, or one clear sentence and exits 1. */
const program = new Command('zakops').description('Operator commands of ZakOps Backend');

program
  .command('migrate')
  .description('bring the schema of DATABASE_URL up to date; safe to repeat, and safe when several run at once')
  .action(() => runMigrate(process.env));

program.parseAsync().catch((error: unknown) => {
  const known = error instanceof ConfigError;
  process.stderr.write(`${known ? error.message : `migrate failed: ${error instanceof Error ? error.message : String(error)}`}\n`);
  process.exitCode = 1;
});
