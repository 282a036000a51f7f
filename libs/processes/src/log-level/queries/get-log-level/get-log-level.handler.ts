import { LogLevel } from '#zakops/observability';
import { QueryHandler } from '@nestjs/cqrs';
import type { IQueryHandler } from '@nestjs/cqrs';
import { LogLevelStore } from '../../persistence/log-level-store.js';
import { GetLogLevel } from './get-log-level.query.js';
import type { LogLevelView } from './get-log-level.query.js';

@QueryHandler(GetLogLevel)
export class GetLogLevelHandler implements IQueryHandler<GetLogLevel> {
  constructor(
    private readonly level: LogLevel,
    private readonly overrides: LogLevelStore,
  ) {}

  async execute(): Promise<LogLevelView> {
    const overrides = await this.overrides.list();
    return { configured: this.level.configured, current: this.level.current, overrides };
  }
}
