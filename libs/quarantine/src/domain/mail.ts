import type { MailClues } from '#zakops/contracts';

/** How sure the triage is that a mail is about a deal. */
export const CLASSIFICATIONS = ['DEAL_SIGNAL', 'UNCERTAIN', 'JUNK'] as const;

/** How soon a mail should be looked at. */
export const URGENCIES = ['HIGH', 'MEDIUM', 'LOW'] as const;

/** A link that a mail contains. */
export interface MailLink {
  readonly url: string;
  readonly type: string | null;
  readonly vendor_hint: string | null;
  readonly auth_required: boolean | null;
}

/** A file that a mail brought. Only its description is kept here. */
export interface MailAttachment {
  readonly filename: string;
  readonly content_type: string | null;
  readonly size: number | null;
}

/** A mail as it was received. */
export interface Mail {
  readonly messageId: string;
  readonly threadId: string | null;
  readonly subject: string | null;
  /** As the mail has it: an address, or a name and an address in angle brackets. */
  readonly sender: string | null;
  readonly senderName: string | null;
  readonly senderCompany: string | null;
  readonly isBroker: boolean | null;
  readonly receivedAt: Date | null;
  readonly classification: string | null;
  readonly urgency: string | null;
  /** 0 to 1. */
  readonly confidence: number | null;
  readonly companyName: string | null;
  readonly brokerName: string | null;
  readonly body: string | null;
  readonly links: readonly MailLink[];
  readonly attachments: readonly MailAttachment[];
  readonly clues: MailClues;
}
