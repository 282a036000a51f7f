import { Database, prepared } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { ContactNotFoundError } from '../domain/deal-part.errors.js';
import type { ContactKey, RecordedContact } from '../views/contact.js';
import { toPage } from '../views/page.js';
import type { Page } from '../views/page.js';

const COLUMNS = `id, deal_id AS "dealId", name, role, email, phone, company, is_primary AS "isPrimary", notes, version,
  created_at AS "createdAt", updated_at AS "updatedAt"`;
const LIST = prepared(`
  SELECT ${COLUMNS} FROM zakops.deal_contacts WHERE deal_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`);
const ONE = prepared(`SELECT ${COLUMNS} FROM zakops.deal_contacts WHERE deal_id = $1 AND id = $2`);

/** Reads contacts for answers. */
@Injectable()
export class ContactReader {
  constructor(private readonly database: Database) {}

  /** In the order in which they were added; ids grow with time. */
  async list(dealId: string, limit: number, after: ContactKey | undefined): Promise<Page<RecordedContact, ContactKey>> {
    const rows = await this.database.query<RecordedContact>(LIST, [dealId, after?.id ?? null, limit + 1]);
    return toPage(
      rows,
      limit,
      (row) => row,
      ({ id }) => ({ id }),
    );
  }

  /** @throws ContactNotFoundError */
  async get(dealId: string, contactId: string): Promise<RecordedContact> {
    const [row] = await this.database.query<RecordedContact>(ONE, [dealId, contactId]);
    if (row === undefined) throw new ContactNotFoundError(dealId, contactId);
    return row;
  }
}
