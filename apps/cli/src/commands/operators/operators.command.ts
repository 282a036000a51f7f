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
import type { OperatorKey, SetupInvitation } from '#zakops/operators';
import { Command, Option } from 'commander';
import { CliError } from '../../cli.error.js';
import { teach } from '../../help/teach.js';
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

/** `zakops operators ...`: who may use the system, for whoever has its database. */
export function operatorsCommand(env: NodeJS.ProcessEnv): Command {
  const operators = new Command('operators').description('who may use the system');
  const createCommand = operators
    .command('create')
    .description('make an operator; without --password-stdin it prints a one-time setup token')
    .requiredOption('--email <email>', 'with which they log in')
    .requiredOption('--name <name>', 'how they are shown', toNfc)
    .addOption(new Option('--role <role>', 'what they may do').choices(ROLE_WORDS).makeOptionMandatory())
    .option('--password-stdin', 'read the password from the standard input')
    .option('--must-change-password', 'nothing is open to them until they have changed that password')
    .action((options: CreateOptions) => create(env, options));
  const disableCommand = operators
    .command('disable')
    .description('let an operator in no more, and end their sessions, API keys and setup token')
    .requiredOption('--email <email>', 'of the operator')
    .action(({ email }: { email: string }) => disable(env, email));
  const resetCommand = operators
    .command('reset')
    .description("take an operator's password away, end their sessions and API keys, and print a one-time setup token")
    .requiredOption('--email <email>', 'of the operator')
    .action(({ email }: { email: string }) => reset(env, email));
  const listCommand = operators
    .command('list')
    .description('print operators: e-mail, role, status, name')
    .action(() => list(env));
  operators
    .command('first-admin', { hidden: true })
    .description('make an administrator when there is no operator; prints JSON, for npm start -- --auth')
    .action(() => createFirstAdmin(env));
  teach(createCommand, {
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
  teach(disableCommand, {
    changes:
      'the operator cannot log in, their sessions, keys and setup token end for good, and the audit log says so; the last administrator stays',
    examples: [{ run: 'zakops operators disable --email ann@example.com', does: 'somebody has left' }],
  });
  teach(resetCommand, {
    changes: 'their password is gone, their sessions and keys end, also those of the last administrator; the audit log says so',
    examples: [
      { run: 'zakops operators reset --email ann@example.com', does: 'nobody can come in any more: the printed token sets a new password' },
    ],
  });
  teach(listCommand, {
    changes: 'nothing',
    examples: [{ run: 'zakops operators list | grep admin', does: 'who administers' }],
  });
  return operators;
}

async function create(env: NodeJS.ProcessEnv, { email, name, role, passwordStdin, mustChangePassword }: CreateOptions): Promise<void> {
  if (mustChangePassword === true && passwordStdin !== true)
    throw new CliError('--must-change-password is about the password of --password-stdin; without that they set their own.');
  const password = passwordStdin === true ? await readPassword(process.stdin) : undefined;
  await withOperators(env, async ({ commands }) => {
    if (password === undefined) {
      const invitation = await commands.execute(new InviteOperator(email, name, roleOf(role)));
      say(`${invitation.email} is an operator (${roleOf(role)}).`);
      showToken(invitation);
    } else {
      const made = await commands.execute(
        new CreateOperator(email, name, roleOf(role), password, 'command line', mustChangePassword === true),
      );
      say(`${made.email} is an operator (${made.role}) and can log in.`);
    }
  });
}

async function disable(env: NodeJS.ProcessEnv, email: string): Promise<void> {
  await withOperators(env, ({ commands }) => commands.execute(new UpdateOperator({ email }, { status: 'disabled' }, undefined)));
  say(`${email} is disabled.`);
}

async function reset(env: NodeJS.ProcessEnv, email: string): Promise<void> {
  const invitation = await withOperators(env, ({ commands }) => commands.execute(new ResetOperator({ email }, true)));
  say(`The password of ${invitation.email} is gone, and their sessions and keys are ended.`);
  showToken(invitation);
}

async function list(env: NodeJS.ProcessEnv): Promise<void> {
  await withOperators(env, async ({ queries }) => {
    let after: OperatorKey | undefined;
    do {
      const page = await queries.execute(new ListOperators({ role: undefined, status: undefined }, PAGE, after));
      for (const { email, role, status, name } of page.items) say([email, role, status, printable(name)].join('\t'));
      after = page.next ?? undefined;
    } while (after !== undefined);
  });
}

async function createFirstAdmin(env: NodeJS.ProcessEnv): Promise<void> {
  const admin = await withOperators(env, ({ commands }) => commands.execute(new CreateFirstAdmin(FIRST_ADMIN.email, FIRST_ADMIN.name)));
  say(JSON.stringify(admin === null ? { created: false } : { created: true, email: admin.email, password: admin.password }));
}

function showToken({ setupToken, expiresAt }: SetupInvitation): void {
  say(`Setup token, shown this once, good until ${expiresAt.toISOString()}: ${setupToken}`);
  say('Whoever has it sets the password with POST /api/auth/setup {"token": ..., "password": ...}.');
}

/** A name may hold whatever JSON can; a terminal must not obey it. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
