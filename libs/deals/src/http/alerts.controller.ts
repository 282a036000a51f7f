import { RequirePermission } from '#zakops/auth';
import { Cursors, cursorScope, PAGE_HEADERS, setNextPage } from '#zakops/http';
import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { ListAlerts } from '../queries/list-alerts/list-alerts.query.js';
import { ALERT_PLACE_RULES, AlertsResponse, ListAlertsParams, toAlertsResponse } from './dto/alerts.response.js';

/** What somebody should look at. */
@ApiTags('pipeline')
@Controller('api/alerts')
export class AlertsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  @Get()
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listAlerts',
    summary: 'List what somebody should look at',
    description:
      'Deals beyond the limit of their stage (`high` from twice the limit on), next steps and actions that are overdue, and mail that waits. ' +
      'Alerts of snoozed deals are left out and counted. A walk by `cursor` may miss an alert that becomes `high` meanwhile, or whose `since` changes.',
  })
  @ApiOkResponse({ type: AlertsResponse, description: 'The alerts.', headers: PAGE_HEADERS })
  async list(
    @Query() { type, severity, limit, cursor }: ListAlertsParams,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<AlertsResponse> {
    const scope = cursorScope('alerts', { type, severity });
    const alerts = await this.queries.execute(new ListAlerts(type, severity, limit, this.cursors.read(scope, cursor, ALERT_PLACE_RULES)));
    setNextPage(request, response, this.cursors.write(scope, alerts.next && { ...alerts.next }));
    return toAlertsResponse(alerts);
  }
}
