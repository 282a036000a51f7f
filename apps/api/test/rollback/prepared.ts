import { ApiKeyStore, SessionStore } from '#zakops/auth';
import type { Scope } from '#zakops/auth';
import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import type { Command } from '@nestjs/cqrs';
import { CommandBus } from '@nestjs/cqrs';
import { CreateDeal } from '../../../../libs/deals/src/commands/create-deal/create-deal.command.js';
import { dealDetails } from '../../../../libs/deals/test/deal.builder.js';
import { ReceiveMail } from '../../../../libs/quarantine/src/commands/receive-mail/receive-mail.command.js';
import { aMail } from '../../../../libs/quarantine/test/mail.builder.js';
import type { LoginApi } from '../login-harness.js';
import { writeTicket } from '../tickets.builder.js';

const SCOPES: readonly Scope[] = ['deals:read'];

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

  /** Of an aggregate of its own: it stands behind nothing. */
  async failedTicket(): Promise<string> {
    const aggregateId = `DEAL-${String((this.#names += 1))}`;
    return (await writeTicket(this.api.database, { status: 'failed', attempts: 1, dueAgo: '-4 minutes', aggregateId })).entryId;
  }

  async consumer(name: string): Promise<void> {
    await this.sql(`INSERT INTO zakops.consumer_progress (consumer, state, pattern, by_tickets) VALUES ($1, 'active', '^deal', false)`, [
      name,
    ]);
  }

  sql(text: string, parameters: readonly unknown[] = []): Promise<unknown> {
    return this.api.database.query(text, parameters);
  }

  private write<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.api.app.get(UnitOfWork).run(work);
  }
}
