/** Why a deal was won. */
export const WON_REASONS = ['price_agreed', 'strategic_fit', 'exclusive_offer', 'relationship', 'other'] as const;

/** Why a deal was lost. */
export const LOST_REASONS = [
  'price_gap',
  'financing_failed',
  'diligence_findings',
  'seller_withdrew',
  'lost_to_other_buyer',
  'no_fit',
  'unresponsive',
  'duplicate',
  'other',
] as const;

/** Every reason for an outcome, each once. */
export const OUTCOME_REASONS = [...new Set([...WON_REASONS, ...LOST_REASONS])] as const;

/** One of {@link OUTCOME_REASONS}. */
export type OutcomeReason = (typeof WON_REASONS)[number] | (typeof LOST_REASONS)[number];
