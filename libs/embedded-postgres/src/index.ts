export { EmbeddedPostgres } from './embedded-postgres.js';
export { EmbeddedPostgresError, type EmbeddedPostgresErrorCode } from './embedded-postgres.error.js';
export { type EmbeddedPostgresOptions } from './embedded-postgres.options.js';
export { FolderLock } from './folder-lock.js';
export { GuardedFolder, readText, UnsafeFileError } from './guarded-folder.js';
export { isTcpPortFree } from './is-tcp-port-free.js';
export { makeFolder } from './make-folder.js';
export { readProcess, type ProcessInfo } from './read-process.js';
export { waitUntil } from './wait-until.js';
