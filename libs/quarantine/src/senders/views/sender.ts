/** What a sender is to the deal team. */
export const SENDER_TYPES = ['broker', 'seller', 'advisor', 'platform', 'unknown'] as const;

/** How good the mail of a sender is. */
export const QUALITY_RATINGS = ['HIGH', 'MEDIUM', 'LOW'] as const;

/** What an operator may say of a sender. */
export interface SenderFields {
  readonly name: string | null;
  readonly company: string | null;
  readonly role: string | null;
  readonly senderType: string;
  readonly qualityRating: string;
  readonly isBroker: boolean;
}

/** A sender of mail. */
export interface SenderView extends SenderFields {
  readonly id: string;
  /** Folded. */
  readonly email: string;
  readonly domain: string;
  readonly totalEmails: number;
  /** Those of them that belong to a deal. */
  readonly dealEmails: number;
  readonly lastEmailAt: Date | null;
  readonly associatedDealIds: readonly string[];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a list of senders leaves out. */
export interface SenderFilter {
  readonly isBroker: boolean | undefined;
  readonly senderType: string | undefined;
  readonly qualityRating: string | undefined;
}

/** The place of a sender in the list. */
export interface SenderPlace {
  /** With microseconds; empty for a sender without mail. */
  readonly at: string;
  readonly id: string;
}
