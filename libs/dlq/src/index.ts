export { CancelTask } from './commands/cancel-task/cancel-task.command.js';
export { ChangeTaskRate } from './commands/change-task-rate/change-task-rate.command.js';
export { ResubmitDeadLetter } from './commands/resubmit-dead-letter/resubmit-dead-letter.command.js';
export { RestoreDeadLetters } from './commands/restore-dead-letters/restore-dead-letters.command.js';
export { RestoreTask } from './commands/restore-task/restore-task.command.js';
export { StartTask } from './commands/start-task/start-task.command.js';
export type { Previewed, TaskOptions } from './commands/start-task/start-task.command.js';
export { UndoTask } from './commands/undo-task/undo-task.command.js';
export { DlqWorkerModule } from './dlq-worker.module.js';
export { archiveCursor, archiveStart } from './http/archive-paging.js';
export { PreviewTokens } from './http/preview-tokens.js';
export { taskCursor, taskStart } from './http/task-paging.js';
export { toArchivedResponse } from './http/to-archived-response.js';
export { toTaskPreviewResponse, toTaskResponse } from './http/to-task-response.js';
export type { TaskPreviewResponse, TaskResponse } from './http/dto/task.responses.js';
export { ListArchive } from './queries/list-archive/list-archive.query.js';
export { GetTask } from './queries/get-task/get-task.query.js';
export { ListTasks } from './queries/list-tasks/list-tasks.query.js';
export { PreviewTask } from './queries/preview-task/preview-task.query.js';
export { DEFAULT_RATE, TASK_STATES } from './tasks/dlq-task.js';
export type { DlqTask, TaskKind, TaskState } from './tasks/dlq-task.js';
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
