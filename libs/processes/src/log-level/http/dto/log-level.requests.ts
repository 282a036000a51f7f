import { EnumField, IntegerField, StringField } from '#zakops/http';
import type { LogLevelName } from '#zakops/observability';
import { LOG_LEVELS, OVERRIDE_KINDS, OVERRIDE_MINUTES } from '../../log-level-override.js';
import type { OverrideKind } from '../../log-level-override.js';

/** What `PUT /api/admin/log-level` takes. */
export class OverrideLogLevelRequest {
  @EnumField(LOG_LEVELS, 'LogLevel', { description: 'The least severe lines that are written.' })
  level!: LogLevelName;

  @EnumField(OVERRIDE_KINDS, 'LogLevelKind', { optional: true, default: 'all', description: 'Whose logs.' })
  kind: OverrideKind = 'all';

  @IntegerField({
    min: OVERRIDE_MINUTES.min,
    max: OVERRIDE_MINUTES.max,
    optional: true,
    default: OVERRIDE_MINUTES.default,
    description: 'After this many minutes every process returns to its LOG_LEVEL.',
  })
  minutes = OVERRIDE_MINUTES.default as number;

  @StringField({ optional: true, max: 1_000, description: 'Kept with it, and in the audit log.', example: 'Deliveries to Acme fail.' })
  reason?: string;
}

/** What `DELETE /api/admin/log-level` takes. */
export class RestoreLogLevelParams {
  @EnumField(OVERRIDE_KINDS, 'LogLevelKind', {
    optional: true,
    description: 'The kind whose override is removed; without it, every override.',
  })
  kind?: OverrideKind;
}
