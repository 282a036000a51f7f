import { makeEvent } from '#zakops/contracts';
import type { CatalogueEvent, EventData, MailForDeal } from '#zakops/contracts';
import { AggregateRoot, firstCharacters } from '#zakops/kernel';
import type { AcceptedVersions } from '#zakops/kernel';
import type { Mail } from './mail.js';
import { toMailForDeal } from './mail-for-deal.js';
import {
  ItemDecidedError,
  ItemNotApprovedError,
  ItemNotRestorableError,
  ItemPreconditionError,
  MailDiffersError,
} from './quarantine.errors.js';
import { senderAddress } from './sender-address.js';

/** The events of mail in quarantine. */
export type QuarantineEvent = Extract<CatalogueEvent, { type: `quarantine.${string}` }>;

/** What became of a mail. */
export const ITEM_STATUSES = ['pending', 'approved', 'rejected', 'discarded', 'expired'] as const;

const RESTORABLE: ReadonlySet<string> = new Set(['rejected', 'discarded', 'expired']);

/** The decision on a mail; {@link PENDING} while there is none. */
export interface Decision {
  /** One of {@link ITEM_STATUSES}; adopted data may hold another text. */
  readonly status: string;
  readonly processedBy: string | null;
  readonly processedAt: Date | null;
  readonly reason: string | null;
  readonly dealId: string | null;
  /** Of the deal right after the approval. */
  readonly dealVersion: number | null;
  readonly dealCreated: boolean;
  /** Whether the approval brought the mail's thread to the deal. */
  readonly threadAdded: boolean;
}

/** A mail as it is stored. */
export interface QuarantineItemState extends Decision {
  readonly id: string;
  readonly mail: Mail;
  /** Of what was received. */
  readonly digest: string | null;
  readonly hidden: boolean;
  readonly version: number;
}

/** What an approval led to. */
export interface ApprovedDeal {
  readonly dealId: string;
  readonly version: number;
  readonly threadAdded: boolean;
  readonly isCreated: boolean;
  readonly byProposal: boolean;
}

/** No decision. */
export const PENDING: Decision = {
  status: 'pending',
  processedBy: null,
  processedAt: null,
  reason: null,
  dealId: null,
  dealVersion: null,
  dealCreated: false,
  threadAdded: false,
};

/** A mail that waits for a decision, or has one. Each verb changes it and records one event. */
export class QuarantineItem extends AggregateRoot<QuarantineEvent> {
  readonly id: string;
  readonly mail: Mail;
  readonly #digest: string | null;
  #decision: Decision;
  #hidden: boolean;

  private constructor(state: QuarantineItemState) {
    super(state.version);
    this.id = state.id;
    this.mail = state.mail;
    this.#digest = state.digest;
    this.#decision = state;
    this.#hidden = state.hidden;
  }

  /** Takes a mail in. @param digest - of what was received */
  static receive(id: string, mail: Mail, digest: string): QuarantineItem {
    const item = new QuarantineItem({ ...PENDING, id, mail, digest, hidden: false, version: 0 });
    const { messageId, subject, sender, classification, urgency, confidence } = mail;
    item.tell('quarantine.created', { message_id: messageId, subject, sender, classification, urgency, confidence });
    return item;
  }

  /** Brings a stored item back; nothing is recorded. */
  static load(state: QuarantineItemState): QuarantineItem {
    return new QuarantineItem(state);
  }

  get decision(): Decision {
    return this.#decision;
  }

  get isHidden(): boolean {
    return this.#hidden;
  }

  /** @throws ItemPreconditionError when the item has another version than those that the caller accepts */
  requireVersion(versions: AcceptedVersions | undefined): void {
    if (versions !== undefined && !versions.has(this.version)) throw new ItemPreconditionError(this.id, this.version);
  }

  /** @throws MailDiffersError when another mail was received under the same message id */
  requireSame(digest: string): void {
    if (this.#digest !== null && this.#digest !== digest) throw new MailDiffersError(this.id, this.mail.messageId);
  }

  /** @throws ItemDecidedError when there is a decision already; it names who made it */
  requirePending(): void {
    const { status, processedBy, processedAt } = this.#decision;
    if (status !== 'pending') throw new ItemDecidedError(this.id, status, processedBy, processedAt);
  }

  /** Notes the deal that the mail made or was linked to. */
  approve(deal: ApprovedDeal, by: string, at: Date): void {
    this.requirePending();
    this.#decision = {
      ...PENDING,
      status: 'approved',
      processedBy: by,
      processedAt: at,
      dealId: deal.dealId,
      dealVersion: deal.version,
      dealCreated: deal.isCreated,
      threadAdded: deal.threadAdded,
    };
    this.tell('quarantine.approved', {
      deal_id: deal.dealId,
      deal_created: deal.isCreated,
      by_proposal: deal.byProposal,
      approved_by: by,
      sender: senderAddress(this.mail.sender),
    });
  }

  reject(reason: string | null, by: string, at: Date): void {
    this.requirePending();
    this.#decision = { ...PENDING, status: 'rejected', processedBy: by, processedAt: at, reason };
    this.tell('quarantine.rejected', { reason, rejected_by: by });
  }

  discard(reason: string | null, by: string, at: Date): void {
    this.requirePending();
    this.#decision = { ...PENDING, status: 'discarded', processedBy: by, processedAt: at, reason };
    this.tell('quarantine.discarded', { reason, discarded_by: by });
  }

  /**
   * Has a rejected, discarded, expired or hidden mail wait for a decision again.
   *
   * @throws ItemNotRestorableError for an approved one; its approval is undone instead
   */
  restore(by: string): void {
    const { status } = this.#decision;
    if (!RESTORABLE.has(status) && !this.#hidden) throw new ItemNotRestorableError(this.id, status);
    this.#hidden = false;
    if (RESTORABLE.has(status)) this.#decision = PENDING;
    this.tell('quarantine.restored', { previous_status: status, restored_by: by });
  }

  /** The deal of the approval, to take back. @throws ItemNotApprovedError */
  requireApproved(): { readonly dealId: string; readonly version: number; readonly threadAdded: boolean; readonly isCreated: boolean } {
    const { status, dealId, dealVersion, threadAdded, dealCreated } = this.#decision;
    if (status !== 'approved' || dealId === null || dealVersion === null) throw new ItemNotApprovedError(this.id, status);
    return { dealId, version: dealVersion, threadAdded, isCreated: dealCreated };
  }

  /** Takes the approval back; the deal is taken back apart. */
  undo(by: string): void {
    const { dealId } = this.requireApproved();
    this.#decision = PENDING;
    this.tell('quarantine.undone', { deal_id: dealId, undone_by: by });
  }

  /** Takes the mail out of the queue, whatever its decision. @returns false when it is hidden already */
  hide(by: string): boolean {
    if (this.#hidden) return false;
    this.#hidden = true;
    this.tell('quarantine.hidden', { hidden_by: by });
    return true;
  }

  /** Records a note, which is written apart. */
  noteAdded(noteId: string, author: string, content: string): void {
    this.tell('quarantine.note_added', { note_id: noteId, author, excerpt: firstCharacters(content, EXCERPT) });
  }

  /** What a deal can be made of. */
  forDeal(): MailForDeal {
    return toMailForDeal(this.mail);
  }

  private tell<T extends QuarantineEvent['type']>(type: T, data: Omit<EventData<T>, 'quarantine_id'>): void {
    // The compiler cannot see that the type of a generic event and its payload belong together.
    this.record((id, seq) => makeEvent(type, id, this.id, seq, { quarantine_id: this.id, ...data } as EventData<T>) as QuarantineEvent);
  }
}

const EXCERPT = 200;
