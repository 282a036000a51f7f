export type { ChangedMany, ChangeLimits } from './commands/portioned-change.js';
export { DiscardDeadLetters } from './commands/discard-dead-letters/discard-dead-letters.command.js';
export { DiscardDeadLetter } from './commands/discard-dead-letter/discard-dead-letter.command.js';
export { DiscardOldDeadLetters } from './commands/discard-old-dead-letters/discard-old-dead-letters.command.js';
export { RetryDeadLetter } from './commands/retry-dead-letter/retry-dead-letter.command.js';
export { RedriveDeadLetters } from './commands/redrive-dead-letters/redrive-dead-letters.command.js';
export { DeadLetterLeftError, DeadLetterNotFoundError } from './dead-letter.errors.js';
export { DlqHttpModule } from './dlq-http.module.js';
export { DeadLetterLookup } from './lookup/dead-letter.lookup.js';
export { DlqModule } from './dlq.module.js';
export { nextCursor, pageStart } from './http/dead-letter-paging.js';
export type { DeadLetterDetailsResponse, DeadLetterResponse } from './http/dto/dead-letter.response.js';
export { groupPageStart, nextGroupCursor } from './http/failure-group-paging.js';
export { toDeadLetterDetailsResponse, toDeadLetterResponse, toDeadLetterSummaryResponse } from './http/to-dead-letter-response.js';
export { toFailureGroupResponse } from './http/to-failure-group-response.js';
export { toDlqStatsResponse } from './http/to-dlq-stats-response.js';
export type {
  DeadLetterAttempt,
  DeadLetterDetails,
  DeadLetterKey,
  DeadLetterOperation,
  DeadLetterPage,
  DeadLetterPageStart,
  DeadLetterStats,
  DeadLetterView,
} from './dead-letter.view.js';
export { GetDeadLetter } from './queries/get-dead-letter/get-dead-letter.query.js';
export { GetDeadLetterStats } from './queries/get-dead-letter-stats/get-dead-letter-stats.query.js';
export { ListDeadLetters } from './queries/list-dead-letters/list-dead-letters.query.js';
export { ListFailureGroups } from './queries/list-failure-groups/list-failure-groups.query.js';
