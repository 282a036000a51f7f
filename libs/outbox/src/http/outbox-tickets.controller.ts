import { RequirePermission } from '#zakops/auth';
import { Cursors, PAGE_HEADERS, ProblemResponses, setNextPage, signalOfClose, WALK_OF_FIXED_PLACES } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { OutboxConfig } from '../outbox.config.js';
import { ListTickets } from '../ticket-admin/list-tickets/list-tickets.query.js';
import { TryTicket } from '../ticket-admin/try-ticket/try-ticket.command.js';
import { TryTickets } from '../ticket-admin/try-tickets/try-tickets.command.js';
import { ListTicketsParams, TicketFilterParams, toTicketFilter, toTicketListFilter } from './dto/tickets.params.js';
import { TicketListResponse, TicketPath, TriedTicketResponse, TriedTicketsResponse, TryNowRequest } from './dto/tickets.response.js';
import { nextTicketCursor, ticketPageStart } from './ticket-paging.js';
import { toTicketResponse, toTriedTicketResponse, toTriedTicketsResponse } from './to-ticket-response.js';

/** Deliveries that wait, fail or are in hand, for operators. */
@ApiTags('outbox')
@RequirePermission('admin:system')
@Controller('api/admin/outbox/tickets')
export class OutboxTicketsController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly config: OutboxConfig,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'listOutboxTickets',
    summary: 'List deliveries that wait, fail or are in hand, and what each stands behind',
    description:
      'By the position of the event, then by consumer. A ticket is an event that a consumer could not take, or that stands behind such a one; ' +
      `events that a consumer has not reached yet have none. Dead ones are in \`/api/admin/dlq\`. ${WALK_OF_FIXED_PLACES}`,
  })
  @ApiOkResponse({ type: TicketListResponse, description: 'A page of tickets.', headers: PAGE_HEADERS })
  async list(
    @Query() params: ListTicketsParams,
    @Req() http: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TicketListResponse> {
    const filter = toTicketListFilter(params);
    const page = await this.queries.execute(new ListTickets(filter, params.limit, ticketPageStart(this.cursors, filter, params.cursor)));
    const cursor = nextTicketCursor(this.cursors, filter, page.next);
    setNextPage(http, response, cursor);
    const tickets = page.tickets.map((ticket) => toTicketResponse(ticket, this.config.maxAttempts));
    return { tickets, limit: params.limit, next_cursor: cursor };
  }

  @Post('try-now')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'tryOutboxTickets',
    summary: 'Try every failed delivery that fits now, in order within each aggregate',
    description:
      'Works in portions of 2,500 tickets, each a transaction of its own with its audit entry, for about 20 s at most. Attempts go on counting. A ' +
      'ticket that stands behind another one comes in its turn, a paused one waits for the end of the pause, and a worker that holds a ticket is ' +
      'not disturbed: all of them are in `remaining`.',
  })
  @ApiBody({ type: TryNowRequest, required: false })
  @ApiOkResponse({ type: TriedTicketsResponse, description: 'How many are due now.' })
  async tryMany(
    @Query() params: TicketFilterParams,
    @Body() { reason }: TryNowRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<TriedTicketsResponse> {
    const tries = new TryTickets(toTicketFilter(params), reason, { signal: signalOfClose(response) });
    return toTriedTicketsResponse(await this.commands.execute(tries));
  }

  @Post(':id/try-now')
  @Idempotent()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'tryOutboxTicket',
    summary: 'Try one failed delivery now instead of at its time',
    description:
      'The next attempt begins at once and counts as usual. A ticket that is due already stays as it is. One that stands behind another, or ' +
      'behind a pause, is refused with 409 `TICKET_WAITS`, and `waits_for` names what it stands behind. While a worker has it in hand the answer is 409, too.',
  })
  @ApiBody({ type: TryNowRequest, required: false })
  @ApiOkResponse({ type: TriedTicketResponse, description: 'The ticket is due.' })
  @ProblemResponses('NOT_FOUND', 'CONFLICT', 'TICKET_WAITS')
  async tryOne(@Param() { id }: TicketPath, @Body() { reason }: TryNowRequest): Promise<TriedTicketResponse> {
    return toTriedTicketResponse(id, await this.commands.execute(new TryTicket(id, reason)));
  }
}
