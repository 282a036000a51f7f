import { CurrentPrincipal, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LookupId } from '../queries/lookup-id/lookup-id.query.js';
import { LookupParams, LookupResponse } from './dto/lookup.response.js';

/** What an id is, for operators. */
@ApiTags('events')
@RequirePermission('admin:system')
@Controller('api/admin/lookup')
export class LookupController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @ApiOperation({
    operationId: 'lookupId',
    summary: 'Say what an id is, and where it is shown',
    description:
      'Takes the id of an event, a dead letter, a replay, a deal, an operator, a process or an audit entry, an alias or e-mail address, a trace ' +
      'id, a correlation id, or a position. Exact matches only, by indexes. Operators are shown to callers with `admin:users`.',
  })
  @ApiOkResponse({ type: LookupResponse })
  async lookup(@Query() { q }: LookupParams, @CurrentPrincipal() { scopes }: Principal): Promise<LookupResponse> {
    const hits = await this.queries.execute(new LookupId(q, scopes));
    return { q, hits: hits.map((hit) => ({ ...hit })) };
  }
}
