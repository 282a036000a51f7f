export { connectionOptions, createClient } from './connection-options.js';
export { databaseUrl, isEncrypted, SSL_MODES, sslModeOf } from './database-url.js';
export { refusesStartupParameters, SERVER_KEEP_ALIVE } from './session-options.js';
export type { SslMode } from './database-url.js';
