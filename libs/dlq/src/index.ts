export type { ChangedMany, ChangeLimits } from './commands/portioned-change.js';
export { DiscardDeadLetters } from './commands/discard-dead-letters/discard-dead-letters.command.js';
export { DiscardDeadLetter } from './commands/discard-dead-letter/discard-dead-letter.command.js';
export { DiscardOldDeadLetters } from './commands/discard-old-dead-letters/discard-old-dead-letters.command.js';
export { RetryDeadLetter } from './commands/retry-dead-letter/retry-dead-letter.command.js';
export { RedriveDeadLetters } from './commands/redrive-dead-letters/redrive-dead-letters.command.js';
export { DeadLetterLeftError, DeadLetterNotFoundError } from './dead-letter.errors.js';
export { DlqHttpModule } from './dlq-http.module.js';
export { DlqModule } from './dlq.module.js';
export { nextCursor, pageStart } from './http/dead-letter-paging.js';
export type { DeadLetterDetailsResponse, DeadLetterResponse } from './http/dto/dead-letter.response.js';
export { toDeadLetterDetailsResponse, toDeadLetterResponse } from './http/to-dead-letter-response.js';
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
