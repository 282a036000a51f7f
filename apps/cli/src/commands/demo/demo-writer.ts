import { AddContact, AddNote, ArchiveDeal, CreateDeal, MoveDeal } from '#zakops/deals';
import { UnitOfWork } from '#zakops/database';
import { DecideItem, ReceiveMail } from '#zakops/quarantine';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { DemoDeal, DemoMail } from './demo-story.js';

const TEAM = ['ann@demo.example', 'ben@demo.example', 'cleo@demo.example'];
const DAY_MS = 86_400_000;

// Events and audit entries keep the time at which they were really written.
const BACKDATE_DEAL = `
  UPDATE zakops.deals SET created_at = $2::timestamptz, stage_entered_at = $3::timestamptz, updated_at = $3::timestamptz, next_step_at = $4::date WHERE deal_id = $1`;
const BACKDATE_MOVES = `
  UPDATE zakops.deal_stage_history h SET created_at = given.at
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM zakops.deal_stage_history WHERE deal_id = $1) AS known
    JOIN unnest($2::timestamptz[]) WITH ORDINALITY AS given(at, n) USING (n) WHERE h.id = known.id`;
const BACKDATE_NOTES = 'UPDATE zakops.deal_notes SET created_at = $2::timestamptz, updated_at = $2::timestamptz WHERE deal_id = $1';
const BACKDATE_MAIL = `UPDATE zakops.quarantine_items SET created_at = $2::timestamptz, processed_at = CASE WHEN processed_at IS NULL THEN NULL ELSE $2::timestamptz END WHERE id = $1`;

/** Writes the demo by the commands that the API uses, and then gives its rows dates of the past. */
export class DemoWriter {
  readonly #commands: CommandBus;
  readonly #unitOfWork: UnitOfWork;
  readonly #now = Date.now();

  /** @param run - tells the mail of one run from that of another */
  constructor(
    app: INestApplicationContext,
    private readonly run: number,
  ) {
    this.#commands = app.get(CommandBus);
    this.#unitOfWork = app.get(UnitOfWork, { strict: false });
  }

  async deal(deal: DemoDeal, n: number): Promise<void> {
    const by = TEAM[n % TEAM.length] ?? '';
    const details = {
      canonicalName: deal.name,
      displayName: deal.company,
      folderPath: null,
      status: 'active',
      identifiers: { listing_ids: [`DEMO-${String(n + 1)}`] },
      companyInfo: { company_name: deal.company, sector: deal.sector, location: { city: deal.city, state: deal.state, region: null } },
      broker: { ...deal.broker, domain: 'brokers.example' },
      metadata: { asking_price: { amount: deal.price, currency: 'USD' }, nda_status: deal.moves.length > 1 ? 'signed' : 'none' },
      nextStep: deal.nextStep,
      nextStepAt: null,
    };
    const { dealId } = await this.#commands.execute(new CreateDeal(details, 'inbound', deal.source));
    for (const { to, outcome } of deal.moves) {
      const why = outcome === null ? null : { reason: outcome, note: null };
      await this.#commands.execute(new MoveDeal(dealId, to, null, undefined, by, undefined, undefined, why));
    }
    if (deal.note !== null)
      await this.#commands.execute(new AddNote(dealId, { content: deal.note, category: 'general' }, { id: NOBODY, email: by }));
    if (deal.contact !== null) {
      const contact = {
        name: deal.contact,
        role: 'owner',
        email: null,
        phone: null,
        company: deal.company,
        isPrimary: true,
        notes: null,
      } as const;
      await this.#commands.execute(new AddContact(dealId, contact));
    }
    if (deal.isArchived) await this.#commands.execute(new ArchiveDeal(dealId, by, 'went quiet', undefined));
    await this.backdate(dealId, deal);
  }

  async mail(mail: DemoMail): Promise<void> {
    const { item } = await this.#commands.execute(
      new ReceiveMail({
        messageId: `<demo-${String(this.run)}-${String(mail.id)}@brokers.example>`,
        threadId: null,
        subject: mail.subject,
        sender: `${mail.broker.name} <${mail.broker.email}>`,
        senderName: mail.broker.name,
        senderCompany: mail.broker.company,
        isBroker: true,
        receivedAt: this.daysAgo(mail.daysAgo),
        classification: 'DEAL_SIGNAL',
        urgency: mail.urgency,
        confidence: 0.8,
        companyName: mail.company,
        brokerName: mail.broker.name,
        body: `Hello,\n\nplease find a short profile of ${mail.company}.\n`,
        links: [],
        attachments: [],
        clues: { listingIds: [], brokerReferences: [], sector: null, city: null, state: null },
      }),
    );
    const by = TEAM[mail.id % TEAM.length] ?? '';
    if (mail.decision === 'approve') {
      await this.#commands.execute(new DecideItem(item.id, { kind: 'approve', target: { deal: 'new' } }, by, null, undefined));
    } else if (mail.decision === 'reject') {
      await this.#commands.execute(new DecideItem(item.id, { kind: 'reject', reason: 'too small' }, by, null, undefined));
    }
    await this.#unitOfWork.runApart((tx) => tx.query(BACKDATE_MAIL, [item.id, this.daysAgo(mail.daysAgo)]));
  }

  private async backdate(dealId: string, { openedDaysAgo, moves, nextStep }: DemoDeal): Promise<void> {
    const opened = this.daysAgo(openedDaysAgo);
    const moved = moves.map(({ daysAgo }) => this.daysAgo(daysAgo));
    const nextStepAt = nextStep === null ? null : this.daysAgo((openedDaysAgo % 9) - 6);
    await this.#unitOfWork.runApart(async (tx) => {
      await tx.query(BACKDATE_MOVES, [dealId, moved]);
      await tx.query(BACKDATE_NOTES, [dealId, moved.at(-1) ?? opened]);
      await tx.query(BACKDATE_DEAL, [dealId, opened, moved.at(-1) ?? opened, nextStepAt]);
    });
  }

  private daysAgo(days: number): Date {
    return new Date(this.#now - days * DAY_MS);
  }
}

/** The author of notes is a name of the demo and no operator. */
const NOBODY = '00000000-0000-7000-8000-000000000000';
