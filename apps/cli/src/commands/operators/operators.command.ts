import { toNfc } from '#zakops/kernel';
import {
  CreateFirstAdmin,
  CreateOperator,
  InviteOperator,
  ListOperators,
  ResetOperator,
  ROLE_WORDS,
  roleOf,
  UpdateOperator,
} from '#zakops/operators';
import type { OperatorSortKey, SetupInvitation } from '#zakops/operators';
import { Option } from 'commander';
import { visibleLine } from '#zakops/kernel';
import { CliError } from '../../cli.error.js';
import type { CliContext } from '../../context/cli-context.js';
import { DocumentedCommand } from '../../help/documented-command.js';
import type { Terminal } from '../../terminal/terminal.js';
import { withOperators } from './open-operators.js';
import { readPassword } from './read-password.js';

interface CreateOptions {
  readonly email: string;
  readonly name: string;
  readonly role: (typeof ROLE_WORDS)[number];
  readonly passwordStdin?: true;
  readonly mustChangePassword?: true;
}

const FIRST_ADMIN = { email: 'admin@zakops.local', name: 'Administrator' };
const PAGE = 200;

/** `zakops operators ...`: who may use the system. Access to the database is all that it needs. */
export function operatorsCommand(context: CliContext): DocumentedCommand {
  const operators = new DocumentedCommand('operators').description('who may use the system');
  const createCommand = operators
    .command('create')
    .description('make an operator; without --password-stdin it prints a one-time setup token')
    .requiredOption('--email <email>', 'with which they log in')
    .requiredOption('--name <name>', 'how they are shown', toNfc)
    .addOption(new Option('--role <role>', 'what they may do').choices(ROLE_WORDS).makeOptionMandatory())
    .option('--password-stdin', 'read the password from the standard input')
    .option('--must-change-password', 'nothing is open to them until they have changed that password')
    .action((options: CreateOptions) => create(context, options));
  const disableCommand = operators
    .command('disable')
    .description('let an operator in no more, and end their sessions, API keys and setup token')
    .requiredOption('--email <email>', 'of the operator')
    .action(({ email }: { email: string }) => disable(context, email));
  const resetCommand = operators
    .command('reset')
    .description("take an operator's password away, end their sessions and API keys, and print a one-time setup token")
    .requiredOption('--email <email>', 'of the operator')
    .action(({ email }: { email: string }) => reset(context, email));
  const listCommand = operators
    .command('list')
    .description('print operators: e-mail, role, status, name')
    .action(() => list(context));
  operators
    .command('first-admin', { hidden: true })
    .description('make an administrator when there is no operator; prints JSON, for npm start -- --auth')
    .action(() => createFirstAdmin(context));
  createCommand.document({
    changes: 'adds an operator, and an entry of the audit log by system:cli',
    examples: [
      {
        run: 'zakops operators create --email ann@example.com --name "Ann Example" --role admin',
        does: 'invite somebody: the printed token sets the password',
      },
      {
        run: 'zakops operators create --email bob@example.com --name Bob --role analyst --password-stdin < password.txt',
        does: 'with a password; never as an argument, where every process of the machine could read it',
      },
    ],
  });
  disableCommand.document({
    changes:
      'the operator cannot log in, their sessions, keys and setup token end for good, and the audit log says so; the last administrator stays',
    examples: [{ run: 'zakops operators disable --email ann@example.com', does: 'somebody has left' }],
  });
  resetCommand.document({
    changes: 'their password is gone, their sessions and keys end, also those of the last administrator; the audit log says so',
    examples: [
      { run: 'zakops operators reset --email ann@example.com', does: 'nobody can come in any more: the printed token sets a new password' },
    ],
  });
  listCommand.document({
    changes: 'nothing',
    examples: [{ run: 'zakops operators list | grep admin', does: 'who administers' }],
  });
  return operators;
}

async function create(
  { env, terminal }: CliContext,
  { email, name, role, passwordStdin, mustChangePassword }: CreateOptions,
): Promise<void> {
  if (mustChangePassword === true && passwordStdin !== true)
    throw new CliError('--must-change-password is about the password of --password-stdin; without that they set their own.');
  const password = passwordStdin === true ? await readPassword(process.stdin) : undefined;
  await withOperators(env, async ({ commands }) => {
    if (password === undefined) {
      const invitation = await commands.execute(new InviteOperator(email, name, roleOf(role)));
      terminal.print(`${invitation.operator.email} is an operator (${roleOf(role)}).`);
      showToken(terminal, invitation);
    } else {
      const made = await commands.execute(
        new CreateOperator(email, name, roleOf(role), password, 'command line', mustChangePassword === true),
      );
      terminal.print(`${made.email} is an operator (${made.role}) and can log in.`);
    }
  });
}

async function disable({ env, terminal }: CliContext, email: string): Promise<void> {
  await withOperators(env, ({ commands }) => commands.execute(new UpdateOperator({ email }, { status: 'disabled' }, undefined)));
  terminal.print(`${email} is disabled.`);
}

async function reset({ env, terminal }: CliContext, email: string): Promise<void> {
  const invitation = await withOperators(env, ({ commands }) => commands.execute(new ResetOperator({ email }, true)));
  terminal.print(`The password of ${invitation.operator.email} is gone, and their sessions and keys are ended.`);
  showToken(terminal, invitation);
}

async function list({ env, terminal }: CliContext): Promise<void> {
  await withOperators(env, async ({ queries }) => {
    let after: OperatorSortKey | undefined;
    do {
      const page = await queries.execute(new ListOperators({ role: undefined, status: undefined }, PAGE, after));
      for (const { email, role, status, name } of page.items) terminal.print([email, role, status, visibleLine(name)].join('\t'));
      after = page.next ?? undefined;
    } while (after !== undefined);
  });
}

async function createFirstAdmin({ env, terminal }: CliContext): Promise<void> {
  const admin = await withOperators(env, ({ commands }) => commands.execute(new CreateFirstAdmin(FIRST_ADMIN.email, FIRST_ADMIN.name)));
  terminal.print(JSON.stringify(admin === null ? { created: false } : { created: true, email: admin.email, password: admin.password }));
}

function showToken(terminal: Terminal, { setupToken, expiresAt }: SetupInvitation): void {
  terminal.print(`Setup token, shown this once, good until ${expiresAt.toISOString()}: ${setupToken}`);
  terminal.print('The operator sets a password with it: POST /api/auth/setup {"token": ..., "password": ...}.');
}
