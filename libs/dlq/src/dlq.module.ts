import { AuditModule } from '#zakops/audit';
import { CursorModule } from '#zakops/auth';
import { OutboxModule } from '#zakops/outbox';
import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { DlqAudit } from './audit/dlq-audit.js';
import { MissingEntry } from './commands/missing-entry.js';
import { PortionedChange } from './commands/portioned-change.js';
import { PurgeDeadLetterHandler } from './commands/purge-dead-letter/purge-dead-letter.handler.js';
import { PurgeDeadLettersHandler } from './commands/purge-dead-letters/purge-dead-letters.handler.js';
import { PurgeOldDeadLettersHandler } from './commands/purge-old-dead-letters/purge-old-dead-letters.handler.js';
import { RetryDeadLetterHandler } from './commands/retry-dead-letter/retry-dead-letter.handler.js';
import { RetryDeadLettersHandler } from './commands/retry-dead-letters/retry-dead-letters.handler.js';
import { DeadLetterMetrics } from './dead-letter.metrics.js';
import { DlqController } from './http/dlq.controller.js';
import { DeadLetterHistoryReader } from './persistence/dead-letter-history-reader.js';
import { DeadLetterReader } from './persistence/dead-letter-reader.js';
import { DeadLetterStatsReader } from './persistence/dead-letter-stats-reader.js';
import { GetDeadLetterStatsHandler } from './queries/get-dead-letter-stats/get-dead-letter-stats.handler.js';
import { GetDeadLetterHandler } from './queries/get-dead-letter/get-dead-letter.handler.js';
import { ListDeadLettersHandler } from './queries/list-dead-letters/list-dead-letters.handler.js';

const commandHandlers = [
  PurgeDeadLetterHandler,
  PurgeDeadLettersHandler,
  PurgeOldDeadLettersHandler,
  RetryDeadLetterHandler,
  RetryDeadLettersHandler,
];
const queryHandlers = [GetDeadLetterHandler, GetDeadLetterStatsHandler, ListDeadLettersHandler];
const persistence = [DeadLetterHistoryReader, DeadLetterReader, DeadLetterStatsReader, DlqAudit, MissingEntry, PortionedChange];

/** The dead letter queue: the dead tickets of the outbox, to be looked at, delivered again or given up. */
@Module({
  imports: [AuditModule, CqrsModule, CursorModule, OutboxModule],
  controllers: [DlqController],
  providers: [DeadLetterMetrics, ...persistence, ...commandHandlers, ...queryHandlers],
})
export class DlqModule {}
