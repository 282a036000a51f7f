import type { DealStage } from '#zakops/contracts';

/**
 * The stages in the words of the original dashboard. Labels, not another stage machine: moves follow the nine stages. The dashboard's board has
 * no column for `documentation`, so it stands in the column before the end.
 */
export const DASHBOARD_STAGES: Readonly<Record<DealStage, string>> = {
  inbound: 'inbound',
  initial_review: 'screening',
  due_diligence: 'diligence',
  negotiation: 'loi',
  documentation: 'closing',
  closing: 'closing',
  closed_won: 'portfolio',
  closed_lost: 'junk',
  archived: 'archived',
};

/** The stage that each word of the dashboard means. */
export const STAGES_OF_DASHBOARD: Readonly<Record<string, DealStage>> = {
  inbound: 'inbound',
  screening: 'initial_review',
  qualified: 'initial_review',
  loi: 'negotiation',
  diligence: 'due_diligence',
  closing: 'closing',
  portfolio: 'closed_won',
  junk: 'closed_lost',
  archived: 'archived',
};

/** Statuses of actions in the words of the dashboard; the others are the same. */
export const DASHBOARD_ACTION_STATUSES: Readonly<Record<string, string>> = { EXECUTING: 'RUNNING' };

/** The status that each other word of the dashboard means. */
export const ACTION_STATUSES_OF_DASHBOARD: Readonly<Record<string, string>> = { RUNNING: 'EXECUTING', PROCESSING: 'EXECUTING' };

/** The vocabularies that a request may choose. */
export const VOCABULARIES = ['canonical', 'dashboard'] as const;

/** The query parameter and the header that choose one; the parameter wins. */
export const VOCABULARY_PARAMETER = 'vocabulary';
export const VOCABULARY_HEADER = 'X-ZakOps-Vocabulary';
