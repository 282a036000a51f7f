import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import type { MailClues } from '#zakops/contracts';
import { Injectable } from '@nestjs/common';
import { ItemNotFoundError } from '../domain/quarantine.errors.js';
import { QuarantineItem } from '../domain/quarantine-item.js';
import { domainOf, senderAddress } from '../domain/sender-address.js';
import type { ItemView, NoteView } from '../views/item.js';
import { ITEM_COLUMNS } from './item.columns.js';
import type { ItemRow } from './item.columns.js';

type StateRow = ItemRow & {
  readonly digest: string | null;
  readonly dealVersion: number | null;
  readonly threadAdded: boolean;
  readonly now: Date;
};

const STATE = `
  SELECT ${ITEM_COLUMNS}, q.digest, q.deal_version AS "dealVersion", coalesce((q.processing_result ->> 'thread_added')::boolean, false) AS "threadAdded",
    NULL AS body, statement_timestamp() AS now
  FROM zakops.quarantine_items q`;
const LOAD = prepared(`${STATE} WHERE q.id = $1 FOR UPDATE OF q`);
const FIND = prepared(`${STATE} WHERE q.message_id = $1 AND q.duplicate_of IS NULL FOR UPDATE OF q`);
const ADD = prepared(`
  INSERT INTO zakops.quarantine_items (id, message_id, thread_id, email_subject, sender, sender_domain, sender_name, sender_company, is_broker,
    received_at, classification, urgency, confidence, company_name, broker_name, body, links, attachments, clues, digest, version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
  ON CONFLICT (message_id) WHERE duplicate_of IS NULL DO NOTHING
  RETURNING created_at AS "createdAt"`);
const SAVE = prepared(`
  UPDATE zakops.quarantine_items SET status = $2, processed_by = $3, processed_at = $4, reason = $5, deal_id = $6, deal_version = $7,
    created_deal_id = $8, processing_result = CASE WHEN $6::text IS NULL THEN nullif(processing_result - 'thread_added', '{}')
      ELSE coalesce(processing_result, '{}') || jsonb_build_object('thread_added', $9::boolean) END,
    hidden = $10, version = $11, updated_at = statement_timestamp()
  WHERE id = $1`);
const ADD_NOTE = prepared(`
  INSERT INTO zakops.quarantine_notes (id, item_id, content, author) VALUES ($1, $2, $3, $4)
  RETURNING id, content, author, created_at AS "createdAt"`);

/** A loaded item, and the moment of the database at which it was loaded. */
export interface LoadedItem {
  readonly item: QuarantineItem;
  /** The item as it is stored. */
  readonly view: ItemView;
  readonly now: Date;
}

/** Items in PostgreSQL, for changing them. */
@Injectable()
export class ItemRepository {
  /**
   * Writes a new item.
   *
   * @returns when it was created; undefined when its message id is taken, and then nothing is written
   */
  async add(tx: Transaction, item: QuarantineItem, digest: string): Promise<Date | undefined> {
    const { mail } = item;
    const address = senderAddress(mail.sender);
    const [row] = await tx.query<{ createdAt: Date }>(ADD, [
      item.id,
      mail.messageId,
      mail.threadId,
      mail.subject,
      mail.sender,
      address === null ? null : domainOf(address),
      mail.senderName,
      mail.senderCompany,
      mail.isBroker,
      mail.receivedAt,
      mail.classification,
      mail.urgency,
      mail.confidence,
      mail.companyName,
      mail.brokerName,
      mail.body,
      JSON.stringify(mail.links),
      JSON.stringify(mail.attachments),
      JSON.stringify(mail.clues),
      digest,
      item.version,
    ]);
    return row?.createdAt;
  }

  /** The item of a message id, locked. @throws ItemNotFoundError */
  async findByMessage(tx: Transaction, messageId: string): Promise<LoadedItem> {
    const [row] = await tx.query<StateRow>(FIND, [messageId]);
    return toItem(row, messageId);
  }

  /** Loads an item and locks it until the end of the transaction. @throws ItemNotFoundError */
  async load(tx: Transaction, id: string): Promise<LoadedItem> {
    const [row] = await tx.query<StateRow>(LOAD, [id]);
    return toItem(row, id);
  }

  /** Writes a loaded item with the commit: what it points to is written by then. */
  save(tx: Transaction, item: QuarantineItem): void {
    const { status, processedBy, processedAt, reason, dealId, dealVersion, dealCreated, threadAdded } = item.decision;
    const created = dealCreated ? dealId : null;
    const decision = [status, processedBy, processedAt, reason, dealId, dealVersion, created, threadAdded];
    tx.atCommit({ statement: SAVE, values: [item.id, ...decision, item.isHidden, item.version] });
  }

  async addNote(tx: Transaction, itemId: string, note: Omit<NoteView, 'createdAt'>): Promise<NoteView> {
    const [row] = await tx.query<NoteView & Record<string, unknown>>(ADD_NOTE, [note.id, itemId, note.content, note.author]);
    if (row === undefined) throw new Error('The note was written without a row.');
    return row;
  }
}

function toItem(row: StateRow | undefined, id: string): LoadedItem {
  if (row === undefined) throw new ItemNotFoundError(id);
  const view = { ...row, clues: withDefaults(row.clues) };
  return { item: QuarantineItem.load({ ...view, mail: view }), view, now: row.now };
}

/** Adopted items have no clues. */
export function withDefaults(clues: Partial<MailClues>): MailClues {
  return { listingIds: [], brokerReferences: [], sector: null, city: null, state: null, ...clues };
}
