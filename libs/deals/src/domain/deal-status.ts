/** The status values of a deal. Status says whether a deal is worked on; the stage says how far it is. */
export const DEAL_STATUSES = ['active', 'inactive', 'merged', 'archived', 'junk'] as const;

/** One of the status values. */
export type DealStatus = (typeof DEAL_STATUSES)[number];
