import { DiscardDeadLetter, DiscardDeadLetters, RetryDeadLetter, RedriveDeadLetters } from '#zakops/dlq';
import type { ChangedMany, ChangeLimits } from '#zakops/dlq';
import type { DeadLetterFilter } from '#zakops/outbox';
import type { Command } from '@nestjs/cqrs';

/** What a command does to the chosen dead letters, and its words for it. */
export interface DeadLetterChange {
  readonly one: (id: string, reason: string | undefined) => Command<void>;
  readonly many: (filter: DeadLetterFilter, reason: string | undefined, limits: ChangeLimits) => Command<ChangedMany>;
  /** Whether named dead letters are changed only after a question. */
  readonly asksForNamed: boolean;
  readonly question: (which: string) => string;
  /** As in "3 dead letters are due again". */
  readonly done: string;
  /** As in "3 dead letters would be delivered again". */
  readonly would: string;
  readonly progressLabel: string;
  /** `status` of the JSON for one dead letter. */
  readonly statusOfOne: string;
  /** The JSON for many, without their count. */
  readonly answerForMany: (correlation: string | undefined) => object;
}

/** Makes dead letters due again. */
export const RETRY: DeadLetterChange = {
  one: (id, reason) => new RetryDeadLetter(id, reason),
  many: (filter, reason, limits) => new RedriveDeadLetters(filter, reason, limits),
  // One delivery more does no harm.
  asksForNamed: false,
  question: (which) => `Deliver ${which} again?`,
  done: 'due again',
  would: 'be delivered again',
  progressLabel: 'retry dead letters',
  statusOfOne: 'queued_for_retry',
  answerForMany: (correlation) => ({ status: 'all_queued_for_retry', correlation_id: correlation ?? null }),
};

/** Gives dead letters up. */
export const DISCARD: DeadLetterChange = {
  one: (id, reason) => new DiscardDeadLetter(id, reason),
  many: (filter, reason, limits) => new DiscardDeadLetters(filter, reason, limits),
  asksForNamed: true,
  question: (which) => `Discard ${which}?`,
  done: 'discarded',
  would: 'be discarded',
  progressLabel: 'purge dead letters',
  statusOfOne: 'purged',
  answerForMany: () => ({ status: 'purged' }),
};
