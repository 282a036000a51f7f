import { AuditModule } from '#zakops/audit';
import { OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ArchiveReader } from './archive/archive.reader.js';
import { CancelTaskHandler } from './commands/cancel-task/cancel-task.handler.js';
import { ChangeTaskRateHandler } from './commands/change-task-rate/change-task-rate.handler.js';
import { DiscardDeadLetterHandler } from './commands/discard-dead-letter/discard-dead-letter.handler.js';
import { DiscardDeadLettersHandler } from './commands/discard-dead-letters/discard-dead-letters.handler.js';
import { DiscardOldDeadLettersHandler } from './commands/discard-old-dead-letters/discard-old-dead-letters.handler.js';
import { MissingDeadLetter } from './commands/missing-dead-letter.js';
import { PortionedChange } from './commands/portioned-change.js';
import { RedriveDeadLettersHandler } from './commands/redrive-dead-letters/redrive-dead-letters.handler.js';
import { ResubmitDeadLetterHandler } from './commands/resubmit-dead-letter/resubmit-dead-letter.handler.js';
import { RestoreDeadLettersHandler } from './commands/restore-dead-letters/restore-dead-letters.handler.js';
import { RestoreTaskHandler } from './commands/restore-task/restore-task.handler.js';
import { RetryDeadLetterHandler } from './commands/retry-dead-letter/retry-dead-letter.handler.js';
import { RevealDeadLetterHandler } from './commands/reveal-dead-letter/reveal-dead-letter.handler.js';
import { StartTaskHandler } from './commands/start-task/start-task.handler.js';
import { TaskChange } from './commands/task-change.js';
import { UndoTaskHandler } from './commands/undo-task/undo-task.handler.js';
import { DeadLetterHistoryReader } from './persistence/dead-letter-history.reader.js';
import { DeadLetterStatsReader } from './persistence/dead-letter-stats.reader.js';
import { DeadLetterReader } from './persistence/dead-letter.reader.js';
import { FailureGroupReader } from './persistence/failure-group.reader.js';
import { FormerDeadLetterReader } from './persistence/former-dead-letter.reader.js';
import { DlqOperationStore } from './persistence/dlq-operation.store.js';
import { OriginalEventStore } from './persistence/original-event.store.js';
import { GetDeadLetterStatsHandler } from './queries/get-dead-letter-stats/get-dead-letter-stats.handler.js';
import { GetDeadLetterHandler } from './queries/get-dead-letter/get-dead-letter.handler.js';
import { GetTaskHandler } from './queries/get-task/get-task.handler.js';
import { ListArchiveHandler } from './queries/list-archive/list-archive.handler.js';
import { ListDeadLettersHandler } from './queries/list-dead-letters/list-dead-letters.handler.js';
import { ListFailureGroupsHandler } from './queries/list-failure-groups/list-failure-groups.handler.js';
import { ListTasksHandler } from './queries/list-tasks/list-tasks.handler.js';
import { PreviewTaskHandler } from './queries/preview-task/preview-task.handler.js';
import { DlqTaskReader } from './tasks/dlq-task.reader.js';
import { DlqTaskStore } from './tasks/dlq-task.store.js';
import { TaskRunner } from './tasks/task-runner.js';

const commandHandlers = [
  CancelTaskHandler,
  ChangeTaskRateHandler,
  DiscardDeadLetterHandler,
  DiscardDeadLettersHandler,
  DiscardOldDeadLettersHandler,
  RedriveDeadLettersHandler,
  ResubmitDeadLetterHandler,
  RestoreDeadLettersHandler,
  RestoreTaskHandler,
  RetryDeadLetterHandler,
  RevealDeadLetterHandler,
  StartTaskHandler,
  UndoTaskHandler,
];
const commandParts = [MissingDeadLetter, PortionedChange, TaskChange];
const queryHandlers = [
  GetDeadLetterHandler,
  GetDeadLetterStatsHandler,
  GetTaskHandler,
  ListArchiveHandler,
  ListDeadLettersHandler,
  ListFailureGroupsHandler,
  ListTasksHandler,
  PreviewTaskHandler,
];
const persistence = [
  ArchiveReader,
  DeadLetterHistoryReader,
  DeadLetterReader,
  DeadLetterStatsReader,
  DlqOperationStore,
  DlqTaskReader,
  DlqTaskStore,
  FailureGroupReader,
  FormerDeadLetterReader,
  OriginalEventStore,
];

/** The dead letter queue: the dead tickets of the outbox, to be read, redriven or discarded. */
@Module({
  imports: [AuditModule, CqrsModule, OutboxModule],
  providers: [...persistence, ...commandParts, ...commandHandlers, ...queryHandlers, TaskRunner],
  exports: [DeadLetterStatsReader, DlqTaskReader, FailureGroupReader, TaskRunner],
})
export class DlqModule {}
