import { RequirePermission } from '#zakops/auth';
import { Body, Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { OverrideLogLevel } from '../commands/override-log-level/override-log-level.command.js';
import { RestoreLogLevel } from '../commands/restore-log-level/restore-log-level.command.js';
import { GetLogLevel } from '../queries/get-log-level/get-log-level.query.js';
import { OverrideLogLevelRequest, RestoreLogLevelParams } from './dto/log-level.requests.js';
import { LogLevelResponse, toLogLevelResponse } from './dto/log-level.response.js';

/** The level of logs at run time, for operators. */
@ApiTags('processes')
@RequirePermission('admin:system')
@Controller('api/admin/log-level')
export class LogLevelController {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'getLogLevel',
    summary: 'Read the configured and the current level of logs, and the overrides',
    description: 'The configured level for each kind of process, and what operators have asked for until a time.',
  })
  @ApiOkResponse({ type: LogLevelResponse })
  async get(): Promise<LogLevelResponse> {
    return toLogLevelResponse(await this.queries.execute(new GetLogLevel()));
  }

  @Put()
  @ApiOperation({
    operationId: 'overrideLogLevel',
    summary: 'Log at another level for a while',
    description:
      'Every process of the kind follows within five seconds. It returns to its own level in time, even while the database is away.',
  })
  @ApiOkResponse({ type: LogLevelResponse })
  async override(@Body() { kind, level, minutes, reason }: OverrideLogLevelRequest): Promise<LogLevelResponse> {
    await this.commands.execute(new OverrideLogLevel(kind, level, minutes, reason));
    return this.get();
  }

  @Delete()
  @ApiOperation({
    operationId: 'restoreLogLevel',
    summary: 'Log at the configured level again, before the time is over',
    description: 'Ends the override of one kind of process. Every process of the kind follows within its heartbeat, five seconds.',
  })
  @ApiOkResponse({ type: LogLevelResponse })
  async restore(@Query() { kind }: RestoreLogLevelParams): Promise<LogLevelResponse> {
    await this.commands.execute(new RestoreLogLevel(kind));
    return this.get();
  }
}
