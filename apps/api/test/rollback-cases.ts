import { ApiKeyStore, SessionStore } from '#zakops/auth';
import type { Scope } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { DiscardDeadLetter, DiscardDeadLetters, DiscardOldDeadLetters, RetryDeadLetter, RedriveDeadLetters } from '#zakops/dlq';
import { CreateFirstAdmin, CreateOperator, InviteOperator, ResetOperator, UpdateOperator } from '#zakops/operators';
import { RemoveConsumer } from '#zakops/outbox';
import type { Command } from '@nestjs/cqrs';
import { CommandBus } from '@nestjs/cqrs';
import { AddAlias } from '../../../libs/deals/src/commands/add-alias/add-alias.command.js';
import { CreateDeal } from '../../../libs/deals/src/commands/create-deal/create-deal.command.js';
import { MoveDeal } from '../../../libs/deals/src/commands/move-deal/move-deal.command.js';
import { RemoveAlias } from '../../../libs/deals/src/commands/remove-alias/remove-alias.command.js';
import { UpdateDeal } from '../../../libs/deals/src/commands/update-deal/update-deal.command.js';
import { dealDetails } from '../../../libs/deals/test/deal.builder.js';
import { ChangePassword } from '../../../libs/operators/src/commands/change-password/change-password.command.js';
import { CreateApiKey } from '../../../libs/operators/src/commands/create-api-key/create-api-key.command.js';
import { EndSession } from '../../../libs/operators/src/commands/end-session/end-session.command.js';
import { EndSessions } from '../../../libs/operators/src/commands/end-sessions/end-sessions.command.js';
import { LogIn } from '../../../libs/operators/src/commands/log-in/log-in.command.js';
import { Reauthenticate } from '../../../libs/operators/src/commands/reauthenticate/reauthenticate.command.js';
import { RegisterOperator } from '../../../libs/operators/src/commands/register-operator/register-operator.command.js';
import { RevokeApiKey } from '../../../libs/operators/src/commands/revoke-api-key/revoke-api-key.command.js';
import { RotateApiKey } from '../../../libs/operators/src/commands/rotate-api-key/rotate-api-key.command.js';
import { SetUpPassword } from '../../../libs/operators/src/commands/set-up-password/set-up-password.command.js';
import { OverrideLogLevel } from '../../../libs/processes/src/log-level/commands/override-log-level/override-log-level.command.js';
import { RestoreLogLevel } from '../../../libs/processes/src/log-level/commands/restore-log-level/restore-log-level.command.js';
import { PASSWORD } from './login-harness.js';
import type { LoginApi } from './login-harness.js';
import { writeTicket } from './tickets.builder.js';

const SCOPES: readonly Scope[] = ['deals:read'];
const ALIAS = { alias: 'BBS-99120', aliasType: 'listing_id', confidence: 1, source: 'api' };
/** What changes with a dead letter that leaves the queue. */
export const DEAD_LETTERS = ['dlq_operation_entries', 'dlq_operations', 'outbox_tickets', 'consumer_progress'];

/** What a command is about, made before it. */
export class Prepared {
  #names = 0;

  constructor(private readonly api: LoginApi) {}

  run<T>(command: Command<T>): Promise<T> {
    return this.api.app.get(CommandBus).execute(command);
  }

  email(): string {
    return `ann-${String((this.#names += 1))}@example.com`;
  }

  async operator(): Promise<{ readonly id: string; readonly email: string }> {
    const email = this.email();
    return { id: await this.api.operator(email), email };
  }

  session(operatorId: string): Promise<string> {
    return this.write(async (tx) => (await this.api.app.get(SessionStore).open(tx, operatorId)).session.id);
  }

  apiKey(operatorId: string): Promise<string> {
    const key = { operatorId, name: 'robot', scopes: SCOPES, expiresAt: null };
    return this.write(async (tx) => (await this.api.app.get(ApiKeyStore).issue(tx, key)).apiKey.id);
  }

  async deal(): Promise<string> {
    return (await this.run(new CreateDeal(dealDetails(), 'inbound', 'test'))).dealId;
  }

  async deadLetter(): Promise<string> {
    return (await writeTicket(this.api.database)).entryId;
  }

  sql(text: string, parameters: readonly unknown[] = []): Promise<unknown> {
    return this.api.database.query(text, parameters);
  }

  private write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.api.app.get(UnitOfWork).run(work);
  }
}

/** A command, and the tables that change with it. */
export interface RollbackCase {
  /** Of the command's class; words behind it tell cases of one command apart. */
  readonly name: string;
  /** Beside the audit log. */
  readonly writes: readonly string[];
  /** True for a command that fails and writes that down. */
  readonly fails?: boolean;
  readonly command: (given: Prepared) => Promise<Command<unknown>>;
}

/** Commands that do all they do in one transaction. */
export const ONE_TRANSACTION: readonly RollbackCase[] = [
  ...dealCases(),
  ...operatorCases(),
  ...sessionCases(),
  ...keyCases(),
  {
    name: 'RetryDeadLetter',
    writes: DEAD_LETTERS,
    command: async (given) => new RetryDeadLetter(await given.deadLetter(), 'mended'),
  },
  {
    name: 'DiscardDeadLetter',
    writes: DEAD_LETTERS,
    command: async (given) => new DiscardDeadLetter(await given.deadLetter(), 'given up'),
  },
  {
    name: 'OverrideLogLevel',
    writes: ['log_level_overrides'],
    command: () => Promise.resolve(new OverrideLogLevel('api', 'error', 5, undefined)),
  },
  {
    name: 'RestoreLogLevel',
    writes: ['log_level_overrides'],
    command: async (given) => {
      await given.run(new OverrideLogLevel('api', 'error', 5, undefined));
      return new RestoreLogLevel('api');
    },
  },
  {
    name: 'RemoveConsumer',
    writes: ['consumer_progress'],
    command: async (given) => {
      await given.sql(
        `INSERT INTO zakops.consumer_progress (consumer, state, pattern, by_tickets) VALUES ('old', 'active', '^deal', false)`,
      );
      return new RemoveConsumer('old', 'not used any more');
    },
  },
];

/** Commands that go through the dead letter queue portion by portion, each a transaction. */
export const IN_PORTIONS: readonly { readonly name: string; readonly command: (reason: string) => Command<unknown> }[] = [
  { name: 'RedriveDeadLetters', command: (reason) => new RedriveDeadLetters({}, reason) },
  { name: 'DiscardDeadLetters', command: (reason) => new DiscardDeadLetters({}, reason) },
  { name: 'DiscardOldDeadLetters', command: (reason) => new DiscardOldDeadLetters(1, reason) },
];

function dealCases(): readonly RollbackCase[] {
  const events = ['deals', 'events', 'outbox_waiting'];
  return [
    {
      name: 'CreateDeal',
      writes: [...events, 'search_deals'],
      command: () => Promise.resolve(new CreateDeal(dealDetails(), 'inbound', 'test')),
    },
    {
      name: 'UpdateDeal',
      writes: [...events, 'search_deals'],
      command: async (given) => new UpdateDeal(await given.deal(), { displayName: 'Other' }, false, undefined),
    },
    {
      name: 'MoveDeal',
      writes: [...events, 'deal_stage_history'],
      command: async (given) => new MoveDeal(await given.deal(), 'initial_review', null, 'key-1', 'ann@example.com', undefined),
    },
    { name: 'AddAlias', writes: [...events, 'deal_aliases'], command: async (given) => new AddAlias(await given.deal(), ALIAS) },
    {
      name: 'RemoveAlias',
      writes: [...events, 'deal_aliases'],
      command: async (given) => {
        const dealId = await given.deal();
        const { alias } = await given.run(new AddAlias(dealId, ALIAS));
        return new RemoveAlias(dealId, alias.id);
      },
    },
  ];
}

function operatorCases(): readonly RollbackCase[] {
  return [
    {
      name: 'CreateFirstAdmin',
      writes: ['operators'],
      command: async (given) => {
        await given.sql('TRUNCATE zakops.operators CASCADE');
        return new CreateFirstAdmin(given.email(), 'Ann');
      },
    },
    {
      name: 'CreateOperator',
      writes: ['operators'],
      command: (given) => Promise.resolve(new CreateOperator(given.email(), 'Ann', 'analyst', PASSWORD, 'command line')),
    },
    {
      name: 'RegisterOperator',
      writes: ['operators'],
      command: (given) => Promise.resolve(new RegisterOperator(given.email(), 'Ann', PASSWORD)),
    },
    {
      name: 'InviteOperator',
      writes: ['operators', 'operator_setup_tokens'],
      command: (given) => Promise.resolve(new InviteOperator(given.email(), 'Ann', 'analyst')),
    },
    {
      name: 'SetUpPassword',
      writes: ['operators', 'operator_setup_tokens', 'login_sources'],
      command: async (given) => {
        const { setupToken } = await given.run(new InviteOperator(given.email(), 'Ann', 'analyst'));
        return new SetUpPassword(setupToken, PASSWORD);
      },
    },
    {
      name: 'ResetOperator',
      writes: ['operators', 'sessions', 'operator_setup_tokens'],
      command: async (given) => {
        const operator = await given.operator();
        await given.session(operator.id);
        return new ResetOperator(operator, true);
      },
    },
    {
      name: 'UpdateOperator',
      writes: ['operators', 'sessions'],
      command: async (given) => {
        const operator = await given.operator();
        await given.session(operator.id);
        return new UpdateOperator(operator, { status: 'disabled' }, undefined);
      },
    },
  ];
}

function sessionCases(): readonly RollbackCase[] {
  return [
    {
      name: 'LogIn',
      writes: ['operators', 'sessions', 'login_sources'],
      command: async (given) => {
        const { id, email } = await given.operator();
        await given.sql('UPDATE zakops.operators SET failed_logins = 1 WHERE id = $1', [id]);
        return new LogIn(email, PASSWORD, await given.session(id), undefined, true);
      },
    },
    {
      name: 'LogIn with one wrong password too many',
      writes: ['operators', 'events', 'outbox_waiting'],
      fails: true,
      command: async (given) => {
        const { id, email } = await given.operator();
        await given.sql('UPDATE zakops.operators SET failed_logins = 100 WHERE id = $1', [id]);
        return new LogIn(email, `not ${PASSWORD}`, undefined, undefined, true);
      },
    },
    {
      name: 'Reauthenticate',
      writes: ['operators', 'sessions'],
      command: async (given) => {
        const { id } = await given.operator();
        await given.sql('UPDATE zakops.operators SET failed_logins = 1 WHERE id = $1', [id]);
        return new Reauthenticate(id, await given.session(id), PASSWORD);
      },
    },
    {
      name: 'ChangePassword',
      writes: ['operators', 'sessions'],
      command: async (given) => {
        const { id } = await given.operator();
        return new ChangePassword(id, await given.session(id), PASSWORD, `${PASSWORD} again`, true);
      },
    },
    {
      name: 'EndSession',
      writes: ['sessions'],
      command: async (given) => new EndSession(await given.session((await given.operator()).id), undefined, 'ended'),
    },
    {
      name: 'EndSessions',
      writes: ['sessions'],
      command: async (given) => {
        const { id } = await given.operator();
        await given.session(id);
        return new EndSessions(id, 'any', undefined);
      },
    },
  ];
}

function keyCases(): readonly RollbackCase[] {
  return [
    {
      name: 'CreateApiKey',
      writes: ['api_keys'],
      command: async (given) => new CreateApiKey((await given.operator()).id, new Set(SCOPES), 'robot', SCOPES, null),
    },
    {
      name: 'RotateApiKey',
      writes: ['api_keys'],
      command: async (given) => {
        const { id } = await given.operator();
        return new RotateApiKey(await given.apiKey(id), id, 60);
      },
    },
    {
      name: 'RevokeApiKey',
      writes: ['api_keys'],
      command: async (given) => new RevokeApiKey(await given.apiKey((await given.operator()).id), undefined),
    },
  ];
}
