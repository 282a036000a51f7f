import { RequirePermission } from '#zakops/auth';
import { CURSOR_RULES, Cursors, cursorScope, PageResponse, ProblemResponses, setNextPage } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { EndStream } from '../commands/end-stream/end-stream.command.js';
import { ShedStreams } from '../commands/shed-streams/shed-streams.command.js';
import { ClusterStreams } from '../streams/cluster-streams.js';
import { EndStreamParams, ListStreamsParams, ShedStreamsRequest, StreamPath } from './dto/streams.params.js';
import { StreamEndingResponse, StreamResponse, StreamsShedResponse } from './dto/streams.response.js';

const SCOPE = cursorScope('streams');

/** Open event streams of all API processes, for people who operate the system. */
@ApiTags('events')
@RequirePermission('admin:system')
@Controller('api/admin/sse/connections')
export class StreamsController {
  constructor(
    private readonly cluster: ClusterStreams,
    private readonly commands: CommandBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listStreams',
    summary: 'List open event streams of all API processes, newest first',
    description:
      'Each process names its newest 200 streams. Those of the process that answers are as they are; those of others are as of their last ' +
      'heartbeat (`seen_at`). A walk by `cursor` misses nothing that is open throughout.',
  })
  @PageResponse(StreamResponse, 'Open streams.')
  async list(
    @Query() { limit, cursor }: ListStreamsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamResponse[]> {
    const after = this.cursors.read(SCOPE, cursor, { i: CURSOR_RULES.uuid })?.i;
    const streams = (await this.cluster.newest())
      .filter(({ id }) => after === undefined || id < after)
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    const page = streams.slice(0, limit);
    const last = page.at(-1);
    setNextPage(request, response, this.cursors.write(SCOPE, last === undefined || streams.length <= limit ? null : { i: last.id }));
    return page;
  }

  @Post('shed')
  @Idempotent()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'shedStreams',
    summary: 'End the oldest event streams',
    description:
      'Each process ends its oldest streams, in proportion to what it holds. Clients are asked to reconnect within one to five seconds and ' +
      'resume without a loss, so a balancer spreads them anew: after a roll-out, or when one process holds too many.',
  })
  @ApiAcceptedResponse({ type: StreamsShedResponse })
  async shed(@Body() { count, reason }: ShedStreamsRequest): Promise<StreamsShedResponse> {
    const processes = await this.commands.execute(new ShedStreams(count, reason));
    return {
      status: 'ending',
      count: processes.reduce((sum, each) => sum + each.count, 0),
      processes: processes.map((each) => ({ process_id: each.processId, count: each.count })),
    };
  }

  @Delete(':id')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'endStream',
    summary: 'End one event stream',
    description:
      'The process that holds it ends it within about a second, with `bye` and the reason `ended`. A client that may still read reconnects: ' +
      'end its session or key to keep it away.',
  })
  @ApiAcceptedResponse({ type: StreamEndingResponse })
  @ProblemResponses('NOT_FOUND')
  async end(@Param() { id }: StreamPath, @Query() { reason }: EndStreamParams): Promise<StreamEndingResponse> {
    await this.commands.execute(new EndStream(id, reason));
    return { status: 'ending', id };
  }
}
