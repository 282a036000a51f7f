import { AuditModule } from '#zakops/audit';
import { OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DiscardDeadLetterHandler } from './commands/discard-dead-letter/discard-dead-letter.handler.js';
import { DiscardDeadLettersHandler } from './commands/discard-dead-letters/discard-dead-letters.handler.js';
import { DiscardOldDeadLettersHandler } from './commands/discard-old-dead-letters/discard-old-dead-letters.handler.js';
import { MissingDeadLetter } from './commands/missing-dead-letter.js';
import { PortionedChange } from './commands/portioned-change.js';
import { RedriveDeadLettersHandler } from './commands/redrive-dead-letters/redrive-dead-letters.handler.js';
import { RetryDeadLetterHandler } from './commands/retry-dead-letter/retry-dead-letter.handler.js';
import { DeadLetterHistoryReader } from './persistence/dead-letter-history.reader.js';
import { DeadLetterStatsReader } from './persistence/dead-letter-stats.reader.js';
import { DeadLetterReader } from './persistence/dead-letter.reader.js';
import { FailureGroupReader } from './persistence/failure-group.reader.js';
import { FormerDeadLetterReader } from './persistence/former-dead-letter.reader.js';
import { DlqOperationStore } from './persistence/dlq-operation.store.js';
import { GetDeadLetterStatsHandler } from './queries/get-dead-letter-stats/get-dead-letter-stats.handler.js';
import { GetDeadLetterHandler } from './queries/get-dead-letter/get-dead-letter.handler.js';
import { ListDeadLettersHandler } from './queries/list-dead-letters/list-dead-letters.handler.js';
import { ListFailureGroupsHandler } from './queries/list-failure-groups/list-failure-groups.handler.js';

const commandHandlers = [
  DiscardDeadLetterHandler,
  DiscardDeadLettersHandler,
  DiscardOldDeadLettersHandler,
  RedriveDeadLettersHandler,
  RetryDeadLetterHandler,
];
const commandParts = [MissingDeadLetter, PortionedChange];
const queryHandlers = [GetDeadLetterHandler, GetDeadLetterStatsHandler, ListDeadLettersHandler, ListFailureGroupsHandler];
const persistence = [
  DeadLetterHistoryReader,
  DeadLetterReader,
  DeadLetterStatsReader,
  DlqOperationStore,
  FailureGroupReader,
  FormerDeadLetterReader,
];

/** The dead letter queue: the dead tickets of the outbox, to be read, redriven or discarded. */
@Module({
  imports: [AuditModule, CqrsModule, OutboxModule],
  providers: [...persistence, ...commandParts, ...commandHandlers, ...queryHandlers],
  exports: [DeadLetterStatsReader],
})
export class DlqModule {}
