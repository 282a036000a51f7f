/** What a deal is opened from: the parts of a mail. Only the message id is always there. */
export interface MailForDeal {
  readonly messageId: string;
  readonly threadId: string | null;
  readonly subject: string | null;
  readonly companyName: string | null;
  readonly brokerName: string | null;
  /** Folded. */
  readonly senderEmail: string | null;
  readonly senderName: string | null;
  readonly senderCompany: string | null;
  readonly isBroker: boolean;
  readonly clues: MailClues;
}

/** Parts of a mail by which deals are recognised. */
export interface MailClues {
  readonly listingIds: readonly string[];
  readonly brokerReferences: readonly string[];
  readonly sector: string | null;
  readonly city: string | null;
  readonly state: string | null;
}

/** A deal after a mail was tied to it. */
export interface DealOfMail {
  readonly dealId: string;
  /** Of the deal, after the change. */
  readonly version: number;
  /** Whether the mail brought its thread to the deal. */
  readonly threadAdded: boolean;
}

/** How a deal was recognised, best first. */
export const MATCH_TIERS = {
  listing_id: 1,
  broker_reference: 0.98,
  mail_thread: 0.95,
  broker_and_listing: 0.95,
  exact_company: 0.9,
  fuzzy_company: 0.85,
  subject_keywords: 0.7,
  broker_sector_location: 0.6,
} as const;

/** One of {@link MATCH_TIERS}. */
export type MatchTier = keyof typeof MATCH_TIERS;

/** A deal that a mail may belong to. */
export interface DealProposal {
  readonly dealId: string;
  readonly name: string;
  readonly stage: string;
  readonly status: string;
  /** That of the best reason. */
  readonly confidence: number;
  /** Best first. */
  readonly reasons: readonly { readonly tier: MatchTier; readonly confidence: number; readonly matched: string }[];
}

/**
 * What the feature `deals` does for mail, in the transaction of the caller. Features do not know each other: `deals` implements it, and an
 * application brings the two together.
 *
 * @typeParam Tx - the transaction of the platform
 */
export abstract class DealIntake<Tx> {
  /** Opens a deal from a mail, and ties the mail to it. */
  abstract open(tx: Tx, mail: MailForDeal): Promise<DealOfMail>;

  /** Ties a mail to a deal. Fails as every change of a deal does: no such deal, merged, precondition. */
  abstract link(tx: Tx, dealId: string, mail: MailForDeal): Promise<DealOfMail>;

  /**
   * Takes {@link open} or {@link link} back.
   *
   * @param deal - as it was right after it; fails with a conflict when the deal has changed since
   * @param isOpened - whether the deal was opened by the mail, and goes with it
   */
  abstract takeBack(tx: Tx, deal: DealOfMail, mail: MailForDeal, by: string, isOpened: boolean): Promise<void>;

  /** The deals that a mail may belong to, best first, at most ten. */
  abstract propose(mail: MailForDeal): Promise<readonly DealProposal[]>;
}
