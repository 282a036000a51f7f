import { RequirePermission } from '#zakops/auth';
import { Controller, Get } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { ComponentStatus } from '../queries/get-system-health/get-system-health.query.js';
import { GetSystemHealth } from '../queries/get-system-health/get-system-health.query.js';
import { SystemHealthResponse } from './dto/system-health.response.js';
import type { ComponentResponse, ComponentsResponse } from './dto/system-health.response.js';

/** The state of every component, for operators. */
@ApiTags('health')
@RequirePermission('admin:system', { orScope: 'admin:stats' })
@Controller('api/admin/system')
export class SystemHealthController {
  constructor(private readonly queries: QueryBus) {}

  @Get('health')
  @ApiOperation({
    operationId: 'getSystemHealth',
    summary: 'Every component with its state, since when, why, and where to read on',
    description:
      'One entry for each component. `state` of the whole is that of the worst component; a component that is not well says since when, why, and which section of the runbook helps.',
  })
  @ApiOkResponse({ type: SystemHealthResponse })
  async health(): Promise<SystemHealthResponse> {
    const { overall, components } = await this.queries.execute(new GetSystemHealth());
    const byName = Object.fromEntries(components.map((component) => [component.name, toComponentResponse(component)]));
    // The names are those of the contributors; the class lists those of the API.
    return { overall, components: byName as unknown as ComponentsResponse };
  }
}

function toComponentResponse({ state, since, reason, runbook, stats }: ComponentStatus): ComponentResponse {
  return { ...stats, state, since: since.toISOString(), reason, runbook };
}
