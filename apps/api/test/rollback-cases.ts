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
import { ArchiveDeal } from '../../../libs/deals/src/commands/archive-deal/archive-deal.command.js';
import { ArchiveDeals } from '../../../libs/deals/src/commands/archive-deals/archive-deals.command.js';
import { DeleteDeal } from '../../../libs/deals/src/commands/delete-deal/delete-deal.command.js';
import { MergeDeal } from '../../../libs/deals/src/commands/merge-deal/merge-deal.command.js';
import { RemoveGuard } from '../../../libs/deals/src/commands/remove-guard/remove-guard.command.js';
import { RestoreDeal } from '../../../libs/deals/src/commands/restore-deal/restore-deal.command.js';
import { SaveGuard } from '../../../libs/deals/src/commands/save-guard/save-guard.command.js';
import { UndeleteDeal } from '../../../libs/deals/src/commands/undelete-deal/undelete-deal.command.js';
import { AddContact } from '../../../libs/deals/src/commands/add-contact/add-contact.command.js';
import { AddNote } from '../../../libs/deals/src/commands/add-note/add-note.command.js';
import { ChangeContact } from '../../../libs/deals/src/commands/change-contact/change-contact.command.js';
import { ChangeNote } from '../../../libs/deals/src/commands/change-note/change-note.command.js';
import { CancelImport } from '../../../libs/deals/src/commands/cancel-import/cancel-import.command.js';
import { StartImport } from '../../../libs/deals/src/commands/start-import/start-import.command.js';
import { SetStageLimits } from '../../../libs/deals/src/commands/set-stage-limits/set-stage-limits.command.js';
import { SnoozeDeal } from '../../../libs/deals/src/commands/snooze-deal/snooze-deal.command.js';
import { UnsnoozeDeal } from '../../../libs/deals/src/commands/unsnooze-deal/unsnooze-deal.command.js';
import { CreateDeal } from '../../../libs/deals/src/commands/create-deal/create-deal.command.js';
import { MoveDeal } from '../../../libs/deals/src/commands/move-deal/move-deal.command.js';
import { RemoveAlias } from '../../../libs/deals/src/commands/remove-alias/remove-alias.command.js';
import { RemoveContact } from '../../../libs/deals/src/commands/remove-contact/remove-contact.command.js';
import { RemoveNote } from '../../../libs/deals/src/commands/remove-note/remove-note.command.js';
import { UpdateDeal } from '../../../libs/deals/src/commands/update-deal/update-deal.command.js';
import { dealDetails } from '../../../libs/deals/test/deal.builder.js';
import { AddItemNote } from '../../../libs/quarantine/src/commands/add-item-note/add-item-note.command.js';
import { DecideItem } from '../../../libs/quarantine/src/commands/decide-item/decide-item.command.js';
import { DecideItems } from '../../../libs/quarantine/src/commands/decide-items/decide-items.command.js';
import { ReceiveMail } from '../../../libs/quarantine/src/commands/receive-mail/receive-mail.command.js';
import { UpdateSender } from '../../../libs/quarantine/src/senders/commands/update-sender/update-sender.command.js';
import { aMail, SENDER } from '../../../libs/quarantine/test/mail.builder.js';
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

const IMPORTED = [{ line: 2, given: { canonical_name: 'imported' }, code: null, field: null, detail: null }];
const SCOPES: readonly Scope[] = ['deals:read'];
const ALIAS = { alias: 'BBS-99120', aliasType: 'listing_id', confidence: 1, source: 'api' };
const NOTE = { content: 'The owner wants to retire.', category: 'general' };
const EDITOR = { id: '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d', email: 'ann@example.com', mayEditAll: false };
const CONTACT = { name: 'Olga', role: 'owner', email: null, phone: null, company: null, isPrimary: true, notes: null } as const;
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

  async mail(): Promise<string> {
    return (await this.run(new ReceiveMail(aMail()))).item.id;
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
  ...quarantineCases(),
  ...dealPartCases(),
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
      writes: [...events, 'search_deals', 'search_words'],
      command: () => Promise.resolve(new CreateDeal(dealDetails(), 'inbound', 'test')),
    },
    {
      name: 'UpdateDeal',
      writes: [...events, 'search_deals', 'search_words'],
      command: async (given) => new UpdateDeal(await given.deal(), { displayName: 'Other' }, false, undefined),
    },
    {
      name: 'MoveDeal',
      writes: [...events, 'deal_stage_history'],
      command: async (given) => new MoveDeal(await given.deal(), 'initial_review', null, 'key-1', 'ann@example.com', undefined),
    },
    { name: 'AddAlias', writes: [...events, 'deal_aliases'], command: async (given) => new AddAlias(await given.deal(), ALIAS) },
    {
      name: 'ArchiveDeal',
      writes: events,
      command: async (given) => new ArchiveDeal(await given.deal(), 'ann@example.com', null, undefined),
    },
    {
      name: 'ArchiveDeals',
      writes: events,
      command: async (given) => new ArchiveDeals([await given.deal(), await given.deal()], 'ann@example.com', null),
    },
    {
      name: 'RestoreDeal',
      writes: events,
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new ArchiveDeal(dealId, 'ann@example.com', null, undefined));
        return new RestoreDeal(dealId, 'ann@example.com', undefined);
      },
    },
    {
      name: 'DeleteDeal',
      writes: events,
      command: async (given) => new DeleteDeal(await given.deal(), 'ann@example.com', null, undefined),
    },
    {
      name: 'UndeleteDeal',
      writes: events,
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new DeleteDeal(dealId, 'ann@example.com', null, undefined));
        return new UndeleteDeal(dealId, 'ann@example.com', undefined);
      },
    },
    {
      name: 'MergeDeal',
      writes: [...events, 'deal_aliases'],
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new AddAlias(dealId, ALIAS));
        return new MergeDeal(dealId, await given.deal(), 'ann@example.com', null, undefined);
      },
    },
    {
      name: 'SnoozeDeal',
      writes: events,
      command: async (given) =>
        new SnoozeDeal(await given.deal(), new Date().toISOString().slice(0, 10), 'away', 'ann@example.com', undefined),
    },
    {
      name: 'UnsnoozeDeal',
      writes: events,
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new SnoozeDeal(dealId, new Date().toISOString().slice(0, 10), 'away', 'ann@example.com', undefined));
        return new UnsnoozeDeal(dealId, 'ann@example.com', undefined);
      },
    },
    {
      name: 'StartImport',
      writes: ['deal_imports', 'deal_import_rows'],
      command: () => Promise.resolve(new StartImport(IMPORTED, true, { type: 'system', id: 'test' }, 'ann@example.com')),
    },
    {
      name: 'CancelImport',
      writes: ['deal_imports'],
      command: async (given) => {
        const { id } = await given.run(new StartImport(IMPORTED, true, { type: 'system', id: 'test' }, 'ann@example.com'));
        return new CancelImport(id);
      },
    },
    { name: 'SetStageLimits', writes: ['stage_limits'], command: () => Promise.resolve(new SetStageLimits({ inbound: 7 }, undefined)) },
    {
      name: 'SaveGuard',
      writes: ['deal_guards'],
      command: () => Promise.resolve(new SaveGuard(undefined, { toStage: 'closing', rule: 'nda_signed', message: 'Sign.' }, undefined)),
    },
    {
      name: 'RemoveGuard',
      writes: ['deal_guards'],
      command: async (given) => {
        const guard = await given.run(new SaveGuard(undefined, { toStage: 'closing', rule: 'nda_signed', message: 'Sign.' }, undefined));
        return new RemoveGuard(guard.id);
      },
    },
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

function quarantineCases(): readonly RollbackCase[] {
  const writes = ['quarantine_items', 'events', 'outbox_waiting'];
  const by = 'ann@example.com';
  return [
    {
      name: 'ReceiveMail',
      writes: [...writes, 'sender_profiles', 'search_quarantine', 'search_senders', 'search_words'],
      command: () => Promise.resolve(new ReceiveMail(aMail())),
    },
    {
      name: 'DecideItem which opens a deal',
      writes: [...writes, 'deals', 'quarantine_notes', 'search_deals'],
      command: async (given) => new DecideItem(await given.mail(), { kind: 'approve', target: { deal: 'new' } }, by, 'a note', undefined),
    },
    {
      name: 'DecideItem which undoes an approval',
      writes: [...writes, 'deals'],
      command: async (given) => {
        const id = await given.mail();
        await given.run(new DecideItem(id, { kind: 'approve', target: { deal: 'new' } }, by, null, undefined));
        return new DecideItem(id, { kind: 'undo' }, by, null, undefined);
      },
    },
    {
      name: 'DecideItems',
      writes,
      command: async (given) => new DecideItems([await given.mail(), await given.mail()], { kind: 'reject', reason: null }, by),
    },
    {
      name: 'AddItemNote',
      writes: [...writes, 'quarantine_notes'],
      command: async (given) => new AddItemNote(await given.mail(), 'a note', by),
    },
    {
      name: 'UpdateSender',
      writes: ['sender_profiles', 'events', 'outbox_waiting'],
      command: async (given) => {
        await given.mail();
        return new UpdateSender(SENDER, { role: 'partner' }, undefined);
      },
    },
  ];
}

function dealPartCases(): readonly RollbackCase[] {
  const notes = ['deals', 'events', 'outbox_waiting', 'deal_notes'];
  const contacts = ['deals', 'events', 'outbox_waiting', 'deal_contacts'];
  return [
    {
      name: 'AddNote',
      writes: [...notes, 'search_notes', 'search_words'],
      command: async (given) => new AddNote(await given.deal(), NOTE, EDITOR),
    },
    {
      name: 'ChangeNote',
      writes: [...notes, 'search_notes'],
      command: async (given) => {
        const dealId = await given.deal();
        const { id } = await given.run(new AddNote(dealId, NOTE, EDITOR));
        return new ChangeNote(dealId, id, { category: 'call' }, EDITOR, undefined);
      },
    },
    {
      name: 'RemoveNote',
      writes: notes,
      command: async (given) => {
        const dealId = await given.deal();
        const { id } = await given.run(new AddNote(dealId, NOTE, EDITOR));
        return new RemoveNote(dealId, id, EDITOR, undefined);
      },
    },
    {
      name: 'AddContact',
      writes: contacts,
      command: async (given) => {
        const dealId = await given.deal();
        await given.run(new AddContact(dealId, CONTACT));
        return new AddContact(dealId, CONTACT);
      },
    },
    {
      name: 'ChangeContact',
      writes: contacts,
      command: async (given) => {
        const dealId = await given.deal();
        const { id } = await given.run(new AddContact(dealId, CONTACT));
        return new ChangeContact(dealId, id, { phone: '1' }, undefined);
      },
    },
    {
      name: 'RemoveContact',
      writes: contacts,
      command: async (given) => {
        const dealId = await given.deal();
        const { id } = await given.run(new AddContact(dealId, CONTACT));
        return new RemoveContact(dealId, id, undefined);
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
