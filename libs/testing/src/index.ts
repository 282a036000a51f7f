export { freePort, spawnApi, spawnApp, spawnWorker } from './spawn-app.js';
export type { SpawnedApi, SpawnedApp } from './spawn-app.js';
export { SseClient } from './sse-client.js';
export type { SseClientOptions, SseFrame } from './sse-client.js';
export { createTestDatabase } from './test-database.js';
export type { TestDatabase, TestDatabaseOptions } from './test-database.js';
export { startTlsServer } from './tls-server.js';
export type { TlsServer } from './tls-server.js';
export { waitFor } from './wait-for.js';
