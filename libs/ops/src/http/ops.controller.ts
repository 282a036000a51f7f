import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { endRequestSpan, notesOf, ProblemResponses } from '#zakops/http';
import { STREAM_HEADERS } from '#zakops/sse';
import { tracing } from '#zakops/tracing';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { OpsSnapshots } from '../snapshot/ops-snapshot.js';
import { OpsHub } from '../stream/ops-hub.js';
import { OpsSnapshotResponse } from './dto/ops-snapshot.response.js';

const STREAM_DESCRIPTION = `Server-sent events of the state of operations: the newest state wins, and nothing is replayed.

It reads tables and not the event log, so it goes on while no worker runs, while deliveries are paused, and while the database is away.
\`hello\` names the build, the interval and the scopes of the reader. \`snapshot\` is the answer of \`getOpsSnapshot\`, sent when something but the
clock has changed, at most once in two seconds. \`changed\` names lists that are worth reading again: \`dlq\`, \`tickets\`, \`tasks\`,
\`tasks/<id>\`, \`pauses\`, \`consumers\`, \`processes\`. A comment is sent as a heartbeat. \`bye\` says why the stream ends and when to come back. One session
or key has four of these streams at most, beside its event streams.`;

const STREAM_EXAMPLE = `retry: 3000
event: hello
data: {"build":"0.4.0+abc1234","every_ms":2000,"scopes":["admin:stats"]}

event: snapshot
data: {"at":"2026-11-27T08:00:02.113Z","verdict":{"state":"well","sentence":"Everything is well.","reasons":[]}}

event: changed
data: {"topics":["dlq"],"at":"2026-11-27T08:00:04.001Z"}

`;

/** Operations at first sight. */
@ApiTags('ops')
@RequirePermission('admin:system', { orScope: 'admin:stats' })
@Controller('api/admin/ops')
export class OpsController {
  constructor(
    private readonly snapshots: OpsSnapshots,
    private readonly hub: OpsHub,
  ) {}

  @Get('snapshot')
  @ApiOperation({
    operationId: 'getOpsSnapshot',
    summary: 'The state of operations in one answer: verdict, outbox, dead letters, streams, processes',
    description:
      'One reading serves everybody for two seconds. While the database is away the answer is 200, the verdict says so, and what cannot be read ' +
      'is null. The tag covers everything but `at`, ages beside their instants, and what the reading itself moves: poll with `If-None-Match`.',
  })
  @ApiOkResponse({ type: OpsSnapshotResponse })
  async snapshot(@Req() request: Request): Promise<OpsSnapshotResponse> {
    const { body, covers } = await this.snapshots.get();
    notesOf(request).tagCovers = { text: covers, isWeak: false };
    return body as unknown as OpsSnapshotResponse;
  }

  @Get('stream')
  @ApiOperation({ operationId: 'streamOps', summary: 'Watch the state of operations', description: STREAM_DESCRIPTION })
  @ApiOkResponse({
    description: 'A stream that stays open.',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: STREAM_EXAMPLE } },
  })
  @ProblemResponses('RATE_LIMITED', 'SERVICE_UNAVAILABLE')
  stream(@CurrentPrincipal() principal: Principal, @Req() request: Request, @Res() response: Response): void {
    // Express answers HEAD by the GET handler; a stream without a body would stay open for nothing.
    if (request.method === 'HEAD') {
      response.writeHead(200, STREAM_HEADERS).end();
      return;
    }
    this.hub.open(response, principal);
    if (tracing.on) endRequestSpan(response);
  }
}
