import { ArrayField, DateTimeField, EnumField, StringField } from '#zakops/http';
import type { LogLevelName } from '#zakops/observability';
import { LOG_LEVELS, OVERRIDE_KINDS } from '../../log-level-override.js';
import type { OverrideKind } from '../../log-level-override.js';
import type { LogLevelView } from '../../queries/get-log-level/get-log-level.query.js';

/** A level that was asked for. */
export class LogLevelOverrideResponse {
  @EnumField(OVERRIDE_KINDS, 'LogLevelKind')
  kind!: OverrideKind;

  @EnumField(LOG_LEVELS, 'LogLevel')
  level!: LogLevelName;

  @DateTimeField({ description: 'When it ends.' })
  until!: string;

  @StringField({ example: 'operator:01a20766-1903-7000-b53a-f1a67f726fc3' })
  set_by!: string;

  @DateTimeField()
  set_at!: string;

  @StringField({ nullable: true })
  reason!: string | null;
}

/** How much is logged. */
export class LogLevelResponse {
  @EnumField(LOG_LEVELS, 'LogLevel', { description: 'LOG_LEVEL of the process that answers.' })
  configured!: LogLevelName;

  @EnumField(LOG_LEVELS, 'LogLevel', { description: 'What that process logs now; every other one follows within five seconds.' })
  current!: LogLevelName;

  @ArrayField(() => LogLevelOverrideResponse, { description: 'In force, the last set first; of two that fit a process, the first holds.' })
  overrides!: LogLevelOverrideResponse[];
}

/** From the view to the wire. */
export function toLogLevelResponse({ configured, current, overrides }: LogLevelView): LogLevelResponse {
  return {
    configured,
    current,
    overrides: overrides.map(({ kind, level, until, setBy, setAt, reason }) => ({
      kind,
      level,
      until: until.toISOString(),
      set_by: setBy,
      set_at: setAt.toISOString(),
      reason,
    })),
  };
}
