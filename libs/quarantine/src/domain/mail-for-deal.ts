import type { MailForDeal } from '#zakops/contracts';
import type { Mail } from './mail.js';
import { senderAddress } from './sender-address.js';

/** What a deal can be made of, or recognised by. */
export function toMailForDeal(mail: Omit<Mail, 'body'>): MailForDeal {
  const { messageId, threadId, subject, companyName, brokerName, sender, senderName, senderCompany, isBroker, clues } = mail;
  return {
    messageId,
    threadId,
    subject,
    companyName,
    brokerName,
    senderEmail: senderAddress(sender),
    senderName,
    senderCompany,
    isBroker: isBroker ?? false,
    clues,
  };
}
