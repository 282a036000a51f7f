import { PACKAGE_VERSION } from '#zakops/config';
import { Command } from 'commander';
import type { CliContext } from './context/cli-context.js';
import { auditCommand } from './commands/audit/audit.command.js';
import { configCommand } from './commands/config/config.command.js';
import { dlqCommand } from './commands/dlq/dlq.command.js';
import { demoCommand } from './commands/demo/demo.command.js';
import { doctorCommand } from './commands/doctor/doctor.command.js';
import { explainCommand } from './commands/explain/explain.command.js';
import { lookupCommand } from './commands/lookup/lookup.command.js';
import { migrateCommand } from './commands/migrate/migrate.command.js';
import { outboxCommand } from './commands/outbox/outbox.command.js';
import { replayCommand } from './commands/replay/replay.command.js';
import { restoredCommand } from './commands/restored/restored.command.js';
import { rolesCommand } from './commands/roles/roles.command.js';
import { workerHealthCommand } from './commands/worker-health/worker-health.command.js';
import { TYPIST } from './context/typist.js';
import { manualOf } from './help/documented-command.js';
import type { Terminal } from './terminal/terminal.js';

const DESCRIPTION = `Operator commands of ZakOps Backend.

Settings are environment variables, the same as for API and worker (docs/configuration.md); DATABASE_URL is needed by nearly
all commands. Results go to the standard output, as tables on a terminal and as JSON when they are piped; everything else goes to the
standard error. Every command explains itself: zakops help <command>.`;

const LIGHT = [
  migrateCommand,
  doctorCommand,
  workerHealthCommand,
  dlqCommand,
  outboxCommand,
  explainCommand,
  lookupCommand,
  replayCommand,
  configCommand,
  restoredCommand,
  rolesCommand,
  auditCommand,
  demoCommand,
];

/**
 * Makes the command line.
 *
 * @param first - the command that will run: what only another one needs is not loaded. Migrations and health checks run often
 */
export async function createProgram({ env, terminal }: CliContext, first: string | undefined): Promise<Command> {
  const context: CliContext = { env: { ...env }, terminal };
  const program = new Command('zakops')
    .description(DESCRIPTION)
    .version(versionOf(env), '--version', 'print the version and the commit of the build')
    // Options belong to the command they follow: `migrate` and `migrate down` both have --dry-run.
    .enablePositionalOptions()
    .helpCommand('help [command]', 'explain a command');
  for (const make of LIGHT) program.addCommand(make(context));
  if (!program.commands.some((command) => command.name() === first)) {
    const { operatorsCommand } = await import('./commands/operators/operators.command.js');
    const { dealsCommand } = await import('./commands/deals/deals.command.js');
    program.addCommand(operatorsCommand(context)).addCommand(dealsCommand(context));
  }
  showErrorsOn(program, terminal);
  askWhoTypes(program);
  program.hook('preAction', (_, command) => {
    const { as: typist } = command.opts<{ as?: string }>();
    if (typist !== undefined) context.env[TYPIST] = typist;
  });
  return program;
}

/** What is wrong with arguments is said with these arguments, which may come from a file. */
function showErrorsOn(command: Command, terminal: Terminal): void {
  command.configureOutput({
    outputError: (text) => {
      terminal.note(text.trimEnd());
    },
  });
  for (const part of command.commands) showErrorsOn(part, terminal);
}

/** Commands that change the schema or its rights, which the audit log does not note. */
const NOT_AUDITED: ReadonlySet<string> = new Set(['migrate', 'down', 'grant']);

/** Every command that the audit log notes takes the name of who does it. */
function askWhoTypes(command: Command): void {
  const changes = manualOf(command)?.changes ?? 'nothing';
  if (!changes.startsWith('nothing') && !NOT_AUDITED.has(command.name())) {
    command.option('--as <name>', `who does it, for the audit log; ${TYPIST}, or else the user of the system, unless given`);
  }
  for (const part of command.commands) askWhoTypes(part);
}

/** `0.4.0 (3f2a9c1)`; without the commit where the build does not name it. */
function versionOf({ APP_VERSION: version = PACKAGE_VERSION, GIT_COMMIT: commit }: NodeJS.ProcessEnv): string {
  return commit === undefined ? version : `${version} (${commit})`;
}
