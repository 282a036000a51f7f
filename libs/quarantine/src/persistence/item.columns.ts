import type { ItemWithBody } from '../views/item.js';

/** SQL: the urgency of an item `q` as a number: 0 is HIGH, 1 MEDIUM, 2 anything else. */
export const RANK = `(CASE q.urgency WHEN 'HIGH' THEN 0 WHEN 'MEDIUM' THEN 1 ELSE 2 END)`;

/** SQL: what answers show of an item `q`. */
export const ITEM_COLUMNS = `q.id, q.message_id AS "messageId", q.thread_id AS "threadId", q.email_subject AS subject, q.sender,
  q.sender_domain AS "senderDomain", q.sender_name AS "senderName", q.sender_company AS "senderCompany", q.is_broker AS "isBroker",
  q.received_at AS "receivedAt", q.classification, q.urgency, q.confidence, q.company_name AS "companyName", q.broker_name AS "brokerName",
  q.links, q.attachments, q.clues, q.status, q.processed_by AS "processedBy", q.processed_at AS "processedAt", q.reason, q.deal_id AS "dealId",
  q.created_deal_id IS NOT NULL AS "dealCreated", q.hidden, q.version, q.created_at AS "createdAt",
  (SELECT count(*)::int FROM zakops.quarantine_notes n WHERE n.item_id = q.id) AS "noteCount"`;

/** A row of {@link ITEM_COLUMNS}, with the body where it was asked for. */
export type ItemRow = ItemWithBody & Record<string, unknown>;
