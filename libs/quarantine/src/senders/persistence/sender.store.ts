import { prepared } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import type { Mail } from '../../domain/mail.js';
import { domainOf, senderAddress } from '../../domain/sender-address.js';
import { SenderNotFoundError } from '../domain/sender.errors.js';
import type { SenderFields, SenderView } from '../views/sender.js';
import { SENDER_COLUMNS } from './sender.columns.js';

// What an operator has said stays: later mail only fills a name or a company that is missing.
const NOTE_MAIL = prepared(`
  INSERT INTO zakops.sender_profiles AS s (email, domain, name, company, is_broker, sender_type, last_email_at)
  VALUES ($1, $2, $3, $4, coalesce($5, false), CASE WHEN $5 THEN 'broker' ELSE 'unknown' END, coalesce($6, statement_timestamp()))
  ON CONFLICT (email) DO UPDATE SET name = coalesce(s.name, excluded.name), company = coalesce(s.company, excluded.company),
    last_email_at = greatest(s.last_email_at, excluded.last_email_at), updated_at = statement_timestamp()`);
const LOAD = prepared(`SELECT ${SENDER_COLUMNS} FROM zakops.sender_profiles s WHERE s.email = $1 FOR UPDATE`);
const SAVE = prepared(`
  UPDATE zakops.sender_profiles s SET name = $2, company = $3, role = $4, sender_type = $5, quality_rating = $6, is_broker = $7,
    version = s.version + 1, updated_at = statement_timestamp()
  WHERE s.email = $1 RETURNING ${SENDER_COLUMNS}`);
// From the mails and deals as they are: the same whichever event asks, in whichever order, however often.
const RECOUNT = prepared(`
  UPDATE zakops.sender_profiles s SET total_emails = c.total, deal_emails = c.approved, associated_deal_ids = c.deals
    FROM (SELECT e.email, count(q.id)::int AS total, count(q.deal_id)::int AS approved,
                 coalesce(array_agg(DISTINCT d.deal_id ORDER BY d.deal_id) FILTER (WHERE NOT d.deleted), '{}') AS deals
            FROM unnest($1::text[]) AS e(email)
            LEFT JOIN zakops.quarantine_items q ON zakops.sender_address(q.sender) = e.email AND q.duplicate_of IS NULL
            LEFT JOIN zakops.deals d ON d.deal_id = zakops.surviving_deal(q.deal_id)
           GROUP BY e.email) AS c
   WHERE s.email = c.email
     AND (s.total_emails, s.deal_emails, s.associated_deal_ids) IS DISTINCT FROM (c.total, c.approved, c.deals)`);
// The mail of a deal that was merged counts for the deal that goes on, so its senders are asked for as well.
const SENDERS_OF = prepared(`
  WITH RECURSIVE involved AS (
    SELECT unnest($2::text[]) AS deal_id UNION SELECT d.deal_id FROM zakops.deals d JOIN involved i ON d.merged_into = i.deal_id
  )
  SELECT DISTINCT zakops.sender_address(sender) AS email FROM zakops.quarantine_items
   WHERE (id = ANY($1::uuid[]) OR deal_id IN (SELECT deal_id FROM involved)) AND zakops.sender_address(sender) IS NOT NULL`);

/** Writes what is known of senders. */
@Injectable()
export class SenderStore {
  /** Notes with the commit that a sender sent a mail. */
  noteMail(tx: Transaction, mail: Mail): void {
    const email = senderAddress(mail.sender);
    if (email === null) return;
    const { senderName, senderCompany, isBroker, receivedAt } = mail;
    tx.atCommit({ statement: NOTE_MAIL, values: [email, domainOf(email), senderName, senderCompany, isBroker, receivedAt] });
  }

  /** Loads a sender and locks it. @throws SenderNotFoundError */
  async load(tx: Transaction, email: string): Promise<SenderView> {
    const [row] = await tx.query<SenderView & Record<string, unknown>>(LOAD, [email]);
    if (row === undefined) throw new SenderNotFoundError(email);
    return row;
  }

  /** Writes what an operator says of a sender. */
  async save(tx: Transaction, email: string, fields: SenderFields): Promise<SenderView> {
    const { name, company, role, senderType, qualityRating, isBroker } = fields;
    const [row] = await tx.query<SenderView & Record<string, unknown>>(SAVE, [
      email,
      name,
      company,
      role,
      senderType,
      qualityRating,
      isBroker,
    ]);
    if (row === undefined) throw new SenderNotFoundError(email);
    return row;
  }

  /** Counts anew the mails and deals of the senders of some items, and of those whose mail belongs to some deals. */
  async recount(tx: Transaction, itemIds: readonly string[], dealIds: readonly string[]): Promise<void> {
    const senders = await tx.query<{ email: string }>(SENDERS_OF, [itemIds, dealIds]);
    if (senders.length > 0) await tx.query(RECOUNT, [senders.map(({ email }) => email)]);
  }
}
