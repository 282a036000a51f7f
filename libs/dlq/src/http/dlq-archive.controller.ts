import { RequirePermission } from '#zakops/auth';
import { Cursors, InputError, PAGE_HEADERS, ProblemResponses, setNextPage, WALK_OF_FIXED_PLACES } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { RestoreDeadLetters } from '../commands/restore-dead-letters/restore-dead-letters.command.js';
import { RestoreTask } from '../commands/restore-task/restore-task.command.js';
import { ResubmitDeadLetter } from '../commands/resubmit-dead-letter/resubmit-dead-letter.command.js';
import { ListArchive } from '../queries/list-archive/list-archive.query.js';
import { archiveCursor, archiveStart } from './archive-paging.js';
import { DeadLetterPath } from './dto/dlq.requests.js';
import { ListArchiveParams, RestoreRequest, ResubmitRequest } from './dto/task.requests.js';
import { ArchiveListResponse, RestoredResponse, ResubmittedResponse } from './dto/task.responses.js';
import { toArchivedResponse } from './to-archived-response.js';
import { toTaskResponse } from './to-task-response.js';

/** What was discarded or corrected. */
@ApiTags('dlq')
@RequirePermission('admin:system')
@Controller('api/admin/dlq')
export class DlqArchiveController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get('archive')
  @ApiOperation({
    operationId: 'listArchivedDeadLetters',
    summary: 'List discarded dead letters, last discarded first',
    description: `They stay for DEAD_LETTER_ARCHIVE_DAYS and can be restored until then. ${WALK_OF_FIXED_PLACES}`,
  })
  @ApiOkResponse({ type: ArchiveListResponse, headers: PAGE_HEADERS, description: 'A page of the archive.' })
  async list(
    @Query() { limit, cursor, ...params }: ListArchiveParams,
    @Req() http: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ArchiveListResponse> {
    const { task_id: taskId, consumer, event_type: eventType, aggregate_id: aggregateId } = params;
    const filter = { taskId, consumer, eventType, aggregateId };
    const { entries, next } = await this.queries.execute(new ListArchive(filter, limit, archiveStart(this.cursors, filter, cursor)));
    const nextCursor = archiveCursor(this.cursors, filter, next);
    setNextPage(http, response, nextCursor);
    return { entries: entries.map(toArchivedResponse), next_cursor: nextCursor };
  }

  @Post('archive/restore')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'restoreDeadLetters',
    summary: 'Restore discarded dead letters',
    description:
      'They are dead letters again, as they were, with their attempts. With `ids` at once and in one transaction; with `task_id` by the worker, in ' +
      'portions. One whose event is gone, whose consumer was removed, or whose delivery goes on is left.',
  })
  @ApiOkResponse({ type: RestoredResponse, description: 'What came back.' })
  @ProblemResponses('NOT_FOUND')
  async restore(@Body() { ids, task_id: taskId, reason }: RestoreRequest): Promise<RestoredResponse> {
    if ((ids === undefined) === (taskId === undefined)) {
      throw new InputError([{ pointer: '/ids', detail: 'either ids or task_id is needed, not both', code: 'REQUIRED' }]);
    }
    if (taskId !== undefined) {
      const task = await this.commands.execute(new RestoreTask(taskId, reason));
      return { status: 'restoring', restored: [], left: [], task: toTaskResponse(task) };
    }
    const { restored, left } = await this.commands.execute(new RestoreDeadLetters(ids ?? [], reason));
    return { status: 'restored', restored: [...restored], left: [...left], task: null };
  }

  @Post(':id/resubmit')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('admin:purge')
  @ApiOperation({
    operationId: 'resubmitDeadLetter',
    summary: 'Correct the payload of a dead letter and deliver it again',
    description:
      'The payload is checked by the schema of its event type. Only the consumer that failed gets the new event, in the place that the original has ' +
      'in the order of its aggregate. Log, streams and other consumers keep the original; the dead letter goes to the archive, with a link.',
  })
  @ApiOkResponse({ type: ResubmittedResponse, description: 'The new event.' })
  @ProblemResponses('NOT_FOUND', 'CONFLICT', 'RULE_BROKEN', 'EVENT_TOO_LARGE')
  async resubmit(@Param() { id }: DeadLetterPath, @Body() { data, reason }: ResubmitRequest): Promise<ResubmittedResponse> {
    const { eventId, originalEventId, consumer } = await this.commands.execute(new ResubmitDeadLetter(id, data, reason));
    return { status: 'resubmitted', entry_id: id, event_id: eventId, original_event_id: originalEventId, consumer };
  }
}
