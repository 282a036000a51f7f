export { connectionOptions, createClient } from './connection-options.js';
export { databaseUrl, isEncrypted, SSL_MODES, sslModeOf } from './database-url.js';
export type { SslMode } from './database-url.js';
