import { RequirePermission } from '#zakops/auth';
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ListAlerts } from '../queries/list-alerts/list-alerts.query.js';
import { AlertsResponse, ListAlertsParams, toAlertsResponse } from './dto/alerts.response.js';

/** What somebody should look at. */
@ApiTags('pipeline')
@Controller('api/alerts')
export class AlertsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @RequirePermission('deals:read')
  @ApiOperation({
    operationId: 'listAlerts',
    summary: 'List what somebody should look at',
    description:
      'Deals beyond the limit of their stage (`high` from twice the limit on), next steps and actions that are overdue, and mail that waits. ' +
      'Snoozed deals are left out and counted.',
  })
  @ApiOkResponse({ type: AlertsResponse, description: 'The alerts.' })
  async list(@Query() { type, severity, limit }: ListAlertsParams): Promise<AlertsResponse> {
    return toAlertsResponse(await this.queries.execute(new ListAlerts(type, severity, limit)));
  }
}
