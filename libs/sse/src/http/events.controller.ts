import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { EventRepository } from '#zakops/database';
import { Cursors, cursorScope, PageResponse, ProblemResponses, setNextPage, stringRule, WALK_OF_FIXED_PLACES } from '#zakops/http';
import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { EventFilter } from '../events/event-filter.js';
import { EventReader } from '../events/event.reader.js';
import { EventVisibility } from '../events/event-visibility.js';
import { EventLists } from '../events/event-lists.js';
import { EventNotFoundError } from '../events/events.errors.js';
import { StreamAdmission } from '../streams/stream-admission.js';
import { CloudEventResponse, toCloudEventResponse } from './dto/cloud-event.response.js';
import { CorrelationPath, CorrelationParams } from './dto/correlation.params.js';
import { toEventFilter, toPatterns } from './dto/event-filter.params.js';
import { EventStatsParams } from './dto/event-stats.params.js';
import { EventStatsResponse } from './dto/event-stats.response.js';
import { EventPath } from './dto/event.params.js';
import { PollParams } from './dto/poll.params.js';
import { PollResponse } from './dto/poll.response.js';
import { RecentEventsParams } from './dto/recent-events.params.js';
import { formatStreamId, parsePlace } from '../wire/stream-id.js';
import type { GivenPlace } from '../wire/stream-id.js';

const POLLING_INTERVAL_MS = 5_000;
/** Together the form of a place. */
const KEY_RULES = { epoch: stringRule({ pattern: /^[0-9a-z]{1,64}$/ }), position: stringRule({ pattern: /^(?:0|[1-9]\d{0,15})$/ }) };

/** Published events, for those who do not stream; each shows what its caller may see. */
@ApiTags('events')
@RequirePermission('deals:read')
@Controller('api/events')
export class EventsController {
  constructor(
    private readonly reader: EventLists,
    private readonly queries: EventReader,
    private readonly events: EventRepository,
    private readonly admission: StreamAdmission,
    private readonly cursors: Cursors,
  ) {}

  @Get('poll')
  @ApiOperation({
    summary: 'Poll for events, where a stream cannot be held',
    description:
      'The events of a stream with the same filters, page by page: send `next_since` as `since`. A page may be shorter than `limit`, down to ' +
      'one event, when events are large.',
    operationId: 'pollEvents',
  })
  @ApiOkResponse({ type: PollResponse })
  async poll(@Query() query: PollParams, @CurrentPrincipal() principal: Principal): Promise<PollResponse> {
    const since = query.since === undefined ? undefined : parsePlace(query.since);
    const { events, nextSince, reset } = await this.reader.poll(toEventFilter(query, principal), since, query.limit);
    return {
      events: events.map(toCloudEventResponse),
      next_since: formatStreamId(nextSince),
      reset: reset === null ? null : { reason: reset },
      polling_interval_ms: POLLING_INTERVAL_MS,
      degraded_mode: this.admission.isFull,
    };
  }

  @Get('recent')
  @ApiOperation({
    summary: 'List the newest events',
    description: `Newest first. ${WALK_OF_FIXED_PLACES}`,
    operationId: 'listRecentEvents',
  })
  @PageResponse(CloudEventResponse, 'A page of events.')
  async recent(
    @Query() { limit, cursor, event_types }: RecentEventsParams,
    @CurrentPrincipal() { scopes }: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CloudEventResponse[]> {
    const filter = new EventFilter({ visibility: new EventVisibility(scopes), types: toPatterns(event_types) });
    const scope = cursorScope('recent-events', { filter: filter.key });
    const page = await this.reader.recent(filter, readPlace(this.cursors, scope, cursor), limit);
    setNextPage(
      request,
      response,
      this.cursors.write(scope, page.next && { epoch: page.next.epoch, position: String(page.next.position) }),
    );
    return page.events.map(toCloudEventResponse);
  }

  @Get('by-correlation/:correlation_id')
  @ApiOperation({
    summary: 'List the events of one correlation',
    description: `Oldest first. ${WALK_OF_FIXED_PLACES} A walk by \`offset\` misses events when retention removes older ones meanwhile.`,
    operationId: 'listEventsByCorrelation',
  })
  @PageResponse(CloudEventResponse, 'A page of events; empty for an unknown correlation.')
  async byCorrelation(
    @Param() { correlation_id }: CorrelationPath,
    @Query() { limit, offset, cursor }: CorrelationParams,
    @CurrentPrincipal() { scopes }: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<CloudEventResponse[]> {
    const scope = cursorScope('events-by-correlation', { correlation_id });
    const filter = new EventFilter({ visibility: new EventVisibility(scopes), correlationId: correlation_id });
    const page = await this.reader.skipping(filter, readPlace(this.cursors, scope, cursor), limit, offset);
    setNextPage(
      request,
      response,
      this.cursors.write(scope, page.next && { epoch: page.next.epoch, position: String(page.next.position) }),
    );
    return page.events.map(toCloudEventResponse);
  }

  @Get('stats')
  @ApiOperation({
    summary: 'Count events by type',
    operationId: 'getEventStats',
    description: 'Counts of events that the caller may read, for each type, in the window of `hours`.',
  })
  @ApiOkResponse({ type: EventStatsResponse })
  async stats(@Query() { hours }: EventStatsParams, @CurrentPrincipal() { scopes }: Principal): Promise<EventStatsResponse> {
    const { total, byType, since } = await this.queries.statsSince(hours, new EventVisibility(scopes));
    return { total, by_type: { ...byType }, since: since.toISOString() };
  }

  // Last, so that the names above are not taken for ids.
  @Get(':event_id')
  @ApiOperation({
    summary: 'Read one event',
    operationId: 'getEvent',
    description: 'One event as a CloudEvent, also before it has its position in the log. An event that the caller may not read is 404.',
  })
  @ApiOkResponse({ type: CloudEventResponse })
  @ProblemResponses('NOT_FOUND')
  async one(@Param() { event_id }: EventPath, @CurrentPrincipal() { scopes }: Principal): Promise<CloudEventResponse> {
    const event = await this.events.find(event_id);
    // For a principal that may not see the event, it does not exist.
    if (event === undefined || !new EventVisibility(scopes).shows(event.type)) throw new EventNotFoundError(event_id);
    return toCloudEventResponse(event);
  }
}

function readPlace(cursors: Cursors, scope: string, cursor: string | undefined): GivenPlace | null {
  const key = cursors.read(scope, cursor, KEY_RULES);
  return key === undefined ? null : parsePlace(`${key.epoch}-${key.position}`);
}
