import type { LogLevelName } from '#zakops/observability';
import { PROCESS_KINDS } from '../process-kind.js';

/** The levels of logs, least severe first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const satisfies readonly LogLevelName[];

/** Whose logs a level may be asked of. */
export const OVERRIDE_KINDS = [...PROCESS_KINDS, 'all'] as const;

export type OverrideKind = (typeof OVERRIDE_KINDS)[number];

/** How long an override may last, in minutes; LOG_LEVEL serves for longer. */
export const OVERRIDE_MINUTES = { min: 1, max: 1_440, default: 15 } as const;

/** A level of logs that an operator asked for. */
export interface LogLevelOverride {
  readonly kind: OverrideKind;
  readonly level: LogLevelName;
  readonly until: Date;
  /** `<type>:<id>` of the actor. */
  readonly setBy: string;
  readonly setAt: Date;
  readonly reason: string | null;
}
