import type { LogLevelName } from '#zakops/observability';
import { Query } from '@nestjs/cqrs';
import type { LogLevelOverride } from '../../log-level-override.js';

/** How much is logged. */
export interface LogLevelView {
  /** LOG_LEVEL of the process that answers. */
  readonly configured: LogLevelName;
  /** What that process logs now. */
  readonly current: LogLevelName;
  /** What is asked for at the moment, the last set first; of two that fit a process, the first one here holds. */
  readonly overrides: readonly LogLevelOverride[];
}

/** The levels of logs that are in force. */
export class GetLogLevel extends Query<LogLevelView> {}
