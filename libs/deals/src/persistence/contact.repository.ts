import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { DealContact } from '../domain/deal-contact.js';
import type { ContactState } from '../domain/deal-contact.js';
import type { Deal } from '../domain/deal.js';
import { ContactNotFoundError } from '../domain/deal-part.errors.js';
import type { RecordedContact } from '../views/contact.js';

/** A contact as it was stored, with its times. */
export interface StoredContact extends ContactState {
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const COLUMNS = `id, name, role, email, phone, company, is_primary AS "isPrimary", notes, version, created_at AS "createdAt",
  updated_at AS "updatedAt"`;
const FIND = prepared(`SELECT ${COLUMNS} FROM zakops.deal_contacts WHERE deal_id = $1 AND id = $2`);
const FIND_PRIMARY = prepared(`SELECT ${COLUMNS} FROM zakops.deal_contacts WHERE deal_id = $1 AND is_primary`);
const ADD = prepared(`
  INSERT INTO zakops.deal_contacts (id, deal_id, name, role, email, phone, company, is_primary, notes, version)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING created_at, updated_at`);
const SAVE = prepared(`
  UPDATE zakops.deal_contacts SET name = $3, role = $4, email = $5, phone = $6, company = $7, is_primary = $8, notes = $9, version = $10,
    updated_at = statement_timestamp()
  WHERE id = $1 AND deal_id = $2 RETURNING created_at, updated_at`);
const REMOVE = prepared('DELETE FROM zakops.deal_contacts WHERE id = $1');

/** Contacts in PostgreSQL, for changing them. The lock is that of their deal. */
@Injectable()
export class ContactRepository {
  /** Call it under the lock of the deal. @throws ContactNotFoundError */
  async find(tx: Transaction, dealId: string, contactId: string): Promise<StoredContact> {
    const [row] = await tx.query<StoredContact & Record<string, unknown>>(FIND, [dealId, contactId]);
    if (row === undefined) throw new ContactNotFoundError(dealId, contactId);
    return row;
  }

  /** Takes the mark of the primary contact from the one that has it, unless that is `exceptId`; the deal is saved apart. */
  async unmarkPrimary(tx: Transaction, deal: Deal, exceptId: string | undefined): Promise<void> {
    const [row] = await tx.query<StoredContact & Record<string, unknown>>(FIND_PRIMARY, [deal.dealId]);
    if (row === undefined || row.id === exceptId) return;
    const contact = DealContact.restore(deal, row);
    contact.change({ isPrimary: false });
    await this.save(tx, deal.dealId, contact);
  }

  /** Writes a new contact; the deal is saved apart. */
  async add(tx: Transaction, dealId: string, contact: DealContact): Promise<RecordedContact> {
    return this.write(ADD, tx, dealId, contact);
  }

  /** Writes a changed contact; the deal is saved apart. */
  async save(tx: Transaction, dealId: string, contact: DealContact): Promise<RecordedContact> {
    return this.write(SAVE, tx, dealId, contact);
  }

  /** Removes a contact; the deal is saved apart. */
  async remove(tx: Transaction, contactId: string): Promise<void> {
    await tx.query(REMOVE, [contactId]);
  }

  private async write(statement: typeof ADD, tx: Transaction, dealId: string, { state }: DealContact): Promise<RecordedContact> {
    const { id, name, role, email, phone, company, isPrimary, notes, version } = state;
    const values = [id, dealId, name, role, email, phone, company, isPrimary, notes, version];
    const [row] = await tx.query<{ created_at: Date; updated_at: Date }>(statement, values);
    if (row === undefined) throw new ContactNotFoundError(dealId, id);
    const times = { createdAt: row.created_at, updatedAt: row.updated_at };
    return { id, dealId, name, role, email, phone, company, isPrimary, notes, version, ...times };
  }
}
