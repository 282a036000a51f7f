import { DealIntake } from '#zakops/contracts';
import type { DealProposal } from '#zakops/contracts';
import type { Transaction } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { Injectable } from '@nestjs/common';
import type { ApprovalTarget, DecidedItem, DecideItem } from '../commands/decide-item/decide-item.command.js';
import type { QuarantineItem } from '../domain/quarantine-item.js';
import { glanceAt, ItemJournal } from '../journal/item-journal.js';
import { ItemRepository } from '../persistence/item.repository.js';
import { DefaultProposal } from '../proposals/default-proposal.js';

/** Carries out decisions on mail, in the transaction of the caller. */
@Injectable()
export class ItemDecisions {
  constructor(
    private readonly items: ItemRepository,
    private readonly deals: DealIntake<Transaction>,
    private readonly proposals: DefaultProposal,
    private readonly journal: ItemJournal,
  ) {}

  /** @throws ItemDecidedError when somebody else was first */
  async decide(tx: Transaction, command: DecideItem): Promise<DecidedItem> {
    const { itemId, decision, decidedBy, note, acceptedVersions, onBehalfNote } = command;
    const { item, now } = await this.items.load(tx, itemId);
    item.requireVersion(acceptedVersions);
    const before = glanceAt(item);
    let proposal: DealProposal | null = null;
    switch (decision.kind) {
      case 'approve':
        proposal = await this.approve(tx, item, decision.target, decidedBy, now);
        break;
      case 'reject':
        item.reject(decision.reason, decidedBy, now);
        break;
      case 'discard':
        item.discard(decision.reason, decidedBy, now);
        break;
      case 'restore':
        item.restore(decidedBy);
        break;
      case 'undo':
        await this.undo(tx, item, decidedBy);
        break;
      case 'hide':
        item.hide(decidedBy);
        break;
    }
    if (note !== null) {
      const added = await this.items.addNote(tx, itemId, { id: uuidV7(), content: note, author: decidedBy });
      item.noteAdded(added.id, decidedBy, note);
    }
    if (item.changed) {
      this.items.save(tx, item);
      this.journal.write(tx, item, before, onBehalfNote);
    }
    const { status, dealId, dealCreated } = item.decision;
    return { itemId, status, hidden: item.isHidden, dealId, dealCreated, proposal, version: item.version };
  }

  private async approve(tx: Transaction, item: QuarantineItem, target: ApprovalTarget, by: string, at: Date): Promise<DealProposal | null> {
    // Before anything is done to a deal.
    item.requirePending();
    const mail = item.forDeal();
    const proposal = 'deal' in target && target.deal === 'proposed' ? await this.proposals.of(mail) : null;
    const dealId = 'dealId' in target ? target.dealId : proposal?.dealId;
    const deal = dealId === undefined ? await this.deals.open(tx, mail) : await this.deals.link(tx, dealId, mail);
    item.approve({ ...deal, isCreated: dealId === undefined, byProposal: proposal !== null }, by, at);
    return proposal;
  }

  private async undo(tx: Transaction, item: QuarantineItem, by: string): Promise<void> {
    const deal = item.requireApproved();
    await this.deals.takeBack(tx, deal, item.forDeal(), by, deal.isCreated);
    item.undo(by);
  }
}
