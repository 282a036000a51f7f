import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ProblemResponses } from '#zakops/http';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { StreamAdmission } from '../streams/stream-admission.js';
import { STREAM_HEADERS, StreamOpener } from '../hub/stream-opener.js';
import { SseConfig } from '../sse.config.js';
import { toEventFilter } from './dto/event-filter.params.js';
import { StreamParams } from './dto/stream.params.js';
import { StreamStatusResponse } from './dto/stream-status.response.js';

const HOUR_MS = 3_600_000;

const DESCRIPTION = `Server-sent events: every published event that matches the filters, as it happens, each once and in the order of the log.

The first frame says how the stream begins: \`live\` (no id was given), \`replayed\` (everything after the given id follows), or \`reset\` with
a \`reason\` (\`unknown_id\`, \`too_old\`, \`epoch_changed\`): events may be missing, so read the state again and go on from here. Its \`id:\` and
the \`Last-Event-ID\` header of the answer name the place from which the stream goes on.

Then come events: \`event:\` is the type, \`data:\` the event as CloudEvents JSON, \`id:\` is opaque and is given back to resume. A \`mark\` moves
only the \`id:\` of a stream whose filters match little. A comment is sent as a heartbeat. Every block has data, and the data is JSON. A client
that reads too slowly gets a \`reset\` with the reason \`slow\` and is cut off; it resumes without a loss. A process that stops says \`bye\` and
when to come back. So does a stream whose session or key has ended or may do less than before, with the reason \`unauthorized\`: a client that
may still stream reconnects, any other gets 401. With the reason \`ended\` an operator ended the stream: reconnect and resume.`;

const EXAMPLE = `retry: 3000
id: 5c0f7a31e9d2-41
event: live
data: {"status":"live","position":41,"head":41}

id: 5c0f7a31e9d2-42
event: deal.stage_changed
data: {"specversion":"1.0","type":"deal.stage_changed","subject":"DEAL-000001","sequence":"42"}

`;

/** Streams of events. */
@ApiTags('events')
@RequirePermission('deals:read')
@Controller('api/events/stream')
export class EventStreamController {
  constructor(
    private readonly opener: StreamOpener,
    private readonly admission: StreamAdmission,
    private readonly config: SseConfig,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Watch events as they happen', description: DESCRIPTION, operationId: 'streamEvents' })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Where to resume; browsers send it when they reconnect.',
    schema: { type: 'string' },
  })
  @ApiOkResponse({
    description: 'A stream that stays open.',
    content: { 'text/event-stream': { schema: { type: 'string' }, example: EXAMPLE } },
    headers: { 'Last-Event-ID': { description: 'The place from which the stream goes on.', schema: { type: 'string' } } },
  })
  @ProblemResponses('RATE_LIMITED', 'SERVICE_UNAVAILABLE')
  async stream(
    @Query() query: StreamParams,
    @CurrentPrincipal() principal: Principal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    // Express answers HEAD by the GET handler; a stream without a body would stay open for nothing.
    if (request.method === 'HEAD') {
      response.writeHead(200, STREAM_HEADERS).end();
      return;
    }
    await this.opener.open(response, {
      filter: toEventFilter(query, principal),
      lastEventId: lastEventIdOf(request) ?? query.last_event_id,
      principal,
    });
  }

  @Get('status')
  @ApiOperation({
    summary: 'Limits and load of streams',
    operationId: 'getStreamStatus',
    description: 'How many streams this process holds and allows, and how far back a stream can resume.',
  })
  @ApiOkResponse({ type: StreamStatusResponse })
  status(): StreamStatusResponse {
    return {
      total_connections: this.admission.total,
      max_connections: this.config.maxConnections,
      heartbeat_interval_seconds: this.config.heartbeatMs / 1_000,
      replay_window_hours: this.config.replayWindowMs / HOUR_MS,
      replay_max_events: this.config.replayMaxEvents,
    };
  }
}

/** The header that browsers send when they reconnect; empty counts as absent. */
function lastEventIdOf(request: Request): string | undefined {
  const given = request.headers['last-event-id'];
  const text = typeof given === 'string' ? given : given?.[0];
  return text === '' ? undefined : text;
}
