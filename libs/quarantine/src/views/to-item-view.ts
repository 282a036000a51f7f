import type { QuarantineItem } from '../domain/quarantine-item.js';
import { domainOf, senderAddress } from '../domain/sender-address.js';
import type { ItemView } from './item.js';

/** An item that was received just now, as a read after the commit shows it. */
export function toItemView(item: QuarantineItem, createdAt: Date): ItemView {
  const { body: _body, ...mail } = item.mail;
  const address = senderAddress(mail.sender);
  const { status, processedBy, processedAt, reason, dealId, dealCreated } = item.decision;
  return {
    ...mail,
    id: item.id,
    senderDomain: address === null ? null : domainOf(address),
    status,
    processedBy,
    processedAt,
    reason,
    dealId,
    dealCreated,
    hidden: item.isHidden,
    noteCount: 0,
    version: item.version,
    createdAt,
  };
}
