import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { Cursors, InputError, PAGE_HEADERS, ProblemResponses, setNextPage } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import type { DeadLetterFilter } from '#zakops/outbox';
import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { CancelTask } from '../commands/cancel-task/cancel-task.command.js';
import { ChangeTaskRate } from '../commands/change-task-rate/change-task-rate.command.js';
import { StartTask } from '../commands/start-task/start-task.command.js';
import { UndoTask } from '../commands/undo-task/undo-task.command.js';
import { GetTask } from '../queries/get-task/get-task.query.js';
import { ListTasks } from '../queries/list-tasks/list-tasks.query.js';
import { PreviewTask } from '../queries/preview-task/preview-task.query.js';
import type { TaskKind } from '../tasks/dlq-task.js';
import { toDeadLetterFilter } from './dto/dead-letter-filter.params.js';
import { ReasonRequest } from './dto/dlq.requests.js';
import { ListTasksParams, StartTaskRequest, TaskPath, TaskRateRequest } from './dto/task.requests.js';
import { TaskListResponse, TaskPreviewResponse, TaskResponse } from './dto/task.responses.js';
import { PreviewTokens } from './preview-tokens.js';
import { taskCursor, taskStart } from './task-paging.js';
import { toTaskPreviewResponse, toTaskResponse } from './to-task-response.js';

const AS_TASK =
  'With `dry_run` nothing is changed: the answer counts what fits and gives a token. Otherwise the active worker carries the task out, in the ' +
  'background and at the given rate: aggregate by aggregate, oldest first in each. With a token the call is refused when more dead letters fit ' +
  'than the dry run has counted and `max_growth` allows. One task of each filter runs at a time; 409 `TASK_RUNNING` names it.';

/** Changes of many dead letters as tasks. */
@ApiTags('dlq')
@RequirePermission('admin:system')
@Controller('api/admin/dlq')
export class DlqTasksController {
  readonly #tokens: PreviewTokens;

  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {
    this.#tokens = new PreviewTokens(cursors);
  }

  @Post('redrive')
  @Idempotent()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'redriveDeadLetters',
    summary: 'Redrive dead letters as a task, or preview that',
    description: `${AS_TASK} It stops when too many of its first 20 outcomes fail as before, and can be undone for 10 minutes after its end.`,
  })
  @ApiAcceptedResponse({ type: TaskResponse, description: 'The task.' })
  @ApiOkResponse({ type: TaskPreviewResponse, description: 'With `dry_run`: what would be redriven.' })
  @ProblemResponses('DEAD_LETTERS_GREW', 'TASK_RUNNING')
  redrive(
    @Body() body: StartTaskRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TaskResponse | TaskPreviewResponse> {
    return this.start('redrive', body, principal, response);
  }

  @Post('discard')
  @Idempotent()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'discardDeadLetters',
    summary: 'Discard dead letters as a task, or preview that',
    description: `${AS_TASK} Discarded dead letters stay in the archive for a while. More than 100 need the permission \`admin:purge\`.`,
  })
  @ApiAcceptedResponse({ type: TaskResponse, description: 'The task.' })
  @ApiOkResponse({ type: TaskPreviewResponse, description: 'With `dry_run`: what would be discarded.' })
  @ProblemResponses('DEAD_LETTERS_GREW', 'TASK_RUNNING')
  discard(
    @Body() body: StartTaskRequest,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TaskResponse | TaskPreviewResponse> {
    return this.start('discard', body, principal, response);
  }

  @Get('tasks')
  @ApiOperation({
    operationId: 'listDeadLetterTasks',
    summary: 'List tasks on dead letters, newest first',
    description:
      'Redrives and discards of many dead letters, started by any operator or by the command line; `retry-all` and `purge-old` are tasks too. A walk by `cursor` misses nothing.',
  })
  @ApiOkResponse({ type: TaskListResponse, headers: PAGE_HEADERS, description: 'A page of tasks.' })
  async list(
    @Query() { state, limit, cursor }: ListTasksParams,
    @Req() http: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TaskListResponse> {
    const { tasks, next } = await this.queries.execute(new ListTasks(state, limit, taskStart(this.cursors, state, cursor)));
    const nextCursor = taskCursor(this.cursors, state, next);
    setNextPage(http, response, nextCursor);
    return { tasks: tasks.map(toTaskResponse), next_cursor: nextCursor };
  }

  @Get('tasks/:id')
  @ApiOperation({
    operationId: 'getDeadLetterTask',
    summary: 'Say how far a task is, and what became of what it redrove',
    description:
      'The outcomes are followed by the active worker, also after the end of the task, and are up to a second old while it runs.',
  })
  @ApiOkResponse({ type: TaskResponse, description: 'The task.' })
  @ProblemResponses('NOT_FOUND')
  async get(@Param() { id }: TaskPath): Promise<TaskResponse> {
    return toTaskResponse(await this.queries.execute(new GetTask(id)));
  }

  @Post('tasks/:id/cancel')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelDeadLetterTask',
    summary: 'Cancel a task',
    description: 'What it has changed stays; undo it for the rest. A task that has ended is answered as it is.',
  })
  @ApiBody({ type: ReasonRequest, required: false })
  @ApiOkResponse({ type: TaskResponse, description: 'The task.' })
  @ProblemResponses('NOT_FOUND')
  async cancel(@Param() { id }: TaskPath, @Body() { reason }: ReasonRequest): Promise<TaskResponse> {
    return toTaskResponse(await this.commands.execute(new CancelTask(id, reason)));
  }

  @Post('tasks/:id/rate')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'changeDeadLetterTaskRate',
    summary: 'Have a running task go faster or slower',
    description: 'In force from its next step on, which comes within a second or two. A task that has ended is refused.',
  })
  @ApiOkResponse({ type: TaskResponse, description: 'The task.' })
  @ProblemResponses('NOT_FOUND', 'CONFLICT')
  async rate(@Param() { id }: TaskPath, @Body() { rate }: TaskRateRequest): Promise<TaskResponse> {
    return toTaskResponse(await this.commands.execute(new ChangeTaskRate(id, rate)));
  }

  @Post('tasks/:id/undo')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'undoDeadLetterTask',
    summary: 'Undo a task',
    description:
      'Ends it. Deliveries of a redrive that nothing has tried yet are dead letters again, as they were; discarded ones come back from the archive. ' +
      'Possible while the task runs and for 10 minutes after its end. The worker does it, and `undone` counts up.',
  })
  @ApiBody({ type: ReasonRequest, required: false })
  @ApiOkResponse({ type: TaskResponse, description: 'The task.' })
  @ProblemResponses('NOT_FOUND', 'UNDO_TOO_LATE')
  async undo(@Param() { id }: TaskPath, @Body() { reason }: ReasonRequest): Promise<TaskResponse> {
    return toTaskResponse(await this.commands.execute(new UndoTask(id, reason)));
  }

  private async start(
    kind: TaskKind,
    body: StartTaskRequest,
    principal: Principal,
    response: Response,
  ): Promise<TaskResponse | TaskPreviewResponse> {
    const { limit = null, rate, reason, token, max_growth: maxGrowth } = body;
    const filter = toTaskFilter(body);
    if (body.dry_run) {
      const preview = await this.queries.execute(new PreviewTask(filter));
      response.status(HttpStatus.OK);
      return toTaskPreviewResponse(preview, this.#tokens.write(kind, filter, preview.count, preview.expiresAt));
    }
    const previewed = token === undefined ? undefined : this.#tokens.read(kind, filter, token, maxGrowth);
    const mayPurge = principal.scopes.has('admin:purge');
    const task = await this.commands.execute(new StartTask(kind, filter, { limit, rate, reason, previewed, mayPurge }));
    response.setHeader('Location', `/api/admin/dlq/tasks/${task.id}`);
    return toTaskResponse(task);
  }
}

/** A call that names nothing does not mean everything. */
function toTaskFilter({ filter, ids }: StartTaskRequest): DeadLetterFilter {
  if (filter === undefined && ids === undefined) {
    throw new InputError([
      { pointer: '/filter', detail: 'is required when ids is not given; {} means all dead letters', code: 'REQUIRED' },
    ]);
  }
  return { ...toDeadLetterFilter(filter ?? {}), ids };
}
