export { connectClient, connectionOptions, createClient } from './connection-options.js';
export { databasePlaceOf } from './database-place.js';
export type { DatabasePlace } from './database-place.js';
export { databaseUrl, isEncrypted, sslModeOf } from './database-url.js';
export {
  FIXED_SETTINGS,
  NO_TIME_LIMITS,
  refusesStartupParameters,
  SERVER_KEEP_ALIVE,
  SESSION_SETTINGS,
  SETTINGS_MARK,
} from './session-options.js';
