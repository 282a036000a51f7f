import { hasCome, isAhead } from '#zakops/database';
import { OVERRIDE_MINUTES } from '../log-level-override.js';

/** SQL: a row of `zakops.log_level_overrides` is in force. */
export const IN_FORCE = `${isAhead('until', `interval '${String(OVERRIDE_MINUTES.max)} minutes'`)} AND ${hasCome('set_at')}`;
