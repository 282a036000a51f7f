/** The nine stages of a deal, in the order of a deal's life. */
export const DEAL_STAGES = [
  'inbound',
  'initial_review',
  'due_diligence',
  'negotiation',
  'documentation',
  'closing',
  'closed_won',
  'closed_lost',
  'archived',
] as const;

/** One of the nine stages. */
export type DealStage = (typeof DEAL_STAGES)[number];
