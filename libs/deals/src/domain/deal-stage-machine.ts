import { DEAL_STAGES, LOST_REASONS, WON_REASONS } from '#zakops/contracts';
import type { DealStage } from '#zakops/contracts';

/** The legal moves: 20 edges. */
const NEXT_STAGES: Readonly<Record<DealStage, readonly DealStage[]>> = {
  inbound: ['initial_review', 'closed_lost', 'archived'],
  initial_review: ['due_diligence', 'inbound', 'closed_lost'],
  due_diligence: ['negotiation', 'initial_review', 'closed_lost'],
  negotiation: ['documentation', 'due_diligence', 'closed_lost'],
  documentation: ['closing', 'negotiation', 'closed_lost'],
  closing: ['closed_won', 'documentation', 'closed_lost'],
  closed_won: ['archived'],
  closed_lost: ['archived'],
  archived: [],
};

const TERMINAL: ReadonlySet<DealStage> = new Set(['closed_won', 'closed_lost', 'archived']);

/** The stages in which a deal may be opened, and to which one with an unreadable stage may be moved: the six that are not the end. */
export const OPEN_STAGES: readonly DealStage[] = DEAL_STAGES.filter((stage) => !TERMINAL.has(stage));

/** Tells whether a text names one of the nine stages. */
export function isDealStage(text: string): text is DealStage {
  return (DEAL_STAGES as readonly string[]).includes(text);
}

/**
 * The stages to which a deal may move from where it is, in the order of the table.
 *
 * @param stored - the stage as stored; adopted data may hold one that is not of the nine, and may be repaired to any open stage
 */
export function allowedStages(stored: string): readonly DealStage[] {
  return isDealStage(stored) ? NEXT_STAGES[stored] : OPEN_STAGES;
}

/** True for a stage that ends a deal's way. */
export function isTerminalStage(stage: string): boolean {
  return isDealStage(stage) && TERMINAL.has(stage);
}

/** The reasons for an outcome that a stage takes; none for a stage that is no outcome. */
export function outcomeReasonsOf(stage: string): readonly string[] {
  if (stage === 'closed_won') return WON_REASONS;
  return stage === 'closed_lost' ? LOST_REASONS : [];
}
