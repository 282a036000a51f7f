import { DealIntake } from '#zakops/contracts';
import type { DealOfMail, DealProposal, MailForDeal } from '#zakops/contracts';
import type { Transaction } from '#zakops/database';
import { firstCharacters } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import type { DealDetails } from '../domain/deal-details.js';
import { DealChangedSinceMailError } from '../domain/deal.errors.js';
import { Deal } from '../domain/deal.js';
import { DealJournal } from '../journal/deal-journal.js';
import { DealRepository } from '../persistence/deal.repository.js';
import { MatchReader } from './match.reader.js';

const SOURCE = 'quarantine';

/** What deals do for mail. */
@Injectable()
export class MailIntake extends DealIntake<Transaction> {
  constructor(
    private readonly deals: DealRepository,
    private readonly journal: DealJournal,
    private readonly matches: MatchReader,
  ) {
    super();
  }

  async open(tx: Transaction, mail: MailForDeal): Promise<DealOfMail> {
    const { dealId, openedAt } = await this.deals.next(tx);
    const deal = Deal.open(dealId, toDetails(mail), 'inbound', SOURCE);
    const threadAdded = deal.linkMail(mail.messageId, mail.threadId);
    this.deals.add(tx, deal, openedAt, SOURCE);
    this.journal.write(tx, deal);
    return { dealId, version: deal.version, threadAdded };
  }

  async link(tx: Transaction, dealId: string, mail: MailForDeal): Promise<DealOfMail> {
    const deal = await this.deals.load(tx, dealId);
    const threadAdded = deal.linkMail(mail.messageId, mail.threadId);
    await this.deals.save(tx, deal);
    this.journal.write(tx, deal);
    return { dealId, version: deal.version, threadAdded };
  }

  async takeBack(
    tx: Transaction,
    { dealId, version, threadAdded }: DealOfMail,
    mail: MailForDeal,
    by: string,
    isOpened: boolean,
  ): Promise<void> {
    const deal = await this.deals.load(tx, dealId);
    if (deal.version !== version) throw new DealChangedSinceMailError(dealId, version, deal.version);
    if (isOpened) deal.remove(by, 'The approval of its mail was undone.');
    else deal.unlinkMail(mail.messageId, mail.threadId, threadAdded);
    await this.deals.save(tx, deal);
    this.journal.write(tx, deal);
  }

  async propose(mail: MailForDeal): Promise<readonly DealProposal[]> {
    return this.matches.propose(mail);
  }
}

function toDetails(mail: MailForDeal): DealDetails {
  const { senderEmail, isBroker, clues } = mail;
  const [companyName, brokerName] = [given(mail.companyName), given(mail.brokerName)];
  const [subject, senderName, senderCompany] = [given(mail.subject), given(mail.senderName), given(mail.senderCompany)];
  const name = companyName ?? subject ?? senderCompany ?? senderEmail ?? mail.messageId;
  const broker = isBroker || brokerName !== null;
  return {
    canonicalName: firstCharacters(name, MAX_NAME),
    displayName: companyName === null ? null : firstCharacters(companyName, MAX_NAME),
    folderPath: null,
    status: 'active',
    identifiers: withoutEmpty({ listing_ids: clues.listingIds, broker_reference_ids: clues.brokerReferences }),
    companyInfo: withoutEmpty({
      company_name: companyName,
      sector: clues.sector,
      location: clues.city === null && clues.state === null ? null : { city: clues.city, state: clues.state, region: null },
    }),
    broker: broker
      ? withoutEmpty({
          name: brokerName ?? senderName,
          email: senderEmail,
          company: senderCompany,
          domain: senderEmail === null ? null : senderEmail.slice(senderEmail.indexOf('@') + 1),
        })
      : {},
    metadata: {},
    nextStep: null,
    nextStepAt: null,
  };
}

/** As names of deals are bounded in requests. */
const MAX_NAME = 200;

function withoutEmpty(document: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(document).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );
}

/** An empty text says nothing. */
function given(text: string | null): string | null {
  return text?.trim() === '' ? null : text;
}
