export { boundedByBytes, isCutByBytes, READ_MAX_BYTES, toBoundedPage } from './byte-bound.js';
export type { BoundedPage, ByteCount } from './byte-bound.js';
export { DatabaseConfig } from './database.config.js';
export { DatabaseConnector } from './database-connector.js';
export { DatabaseConflictError, DatabaseError, DatabaseTimeoutError, DatabaseUnavailableError } from './database.errors.js';
export { Database } from './database.js';
export { exactInstant } from './exact-instant.js';
export { hasCome, isAhead } from './deadline.js';
export { findDatabaseError } from './find-database-error.js';
export type { ServerReport } from './find-database-error.js';
export { DatabaseModule } from './database.module.js';
export {
  databaseErrorFields,
  isRetryableConflict,
  isStatementTimeout,
  isUniqueViolation,
  mapDatabaseError,
  mapErrorOfWork,
} from './map-database-error.js';
export { MigrationRehearsalError, rehearseMigrations } from './migrations/rehearse-migrations.js';
export type { MigrationRehearsal, RehearsedMigration } from './migrations/rehearse-migrations.js';
export { readMigrationStatus } from './migrations/migration-status.js';
export type { AppliedMigration, MigrationStatus } from './migrations/migration-status.js';
export { migrate } from './migrations/migrator.js';
export type { MigrationReport } from './migrations/migrator.js';
export { UnsupportedServerError } from './migrations/prepare-database.js';
export { MigrationLockTimeoutError } from './migrations/migration-lock.js';
export { MigrationUndoError } from './migrations/migration-undo.error.js';
export { undoLastMigration } from './migrations/undo-migration.js';
export type { MigrationUndo, UndoOptions } from './migrations/undo-migration.js';
export type { UndoLoss } from './migrations/undo-losses.js';
export { NoticeListener } from './notices/notice-listener.js';
export type { ListeningSession, NoticeListenerOptions } from './notices/notice-listener.js';
export { ServerProbe } from './pool/server-probe.js';
export { EVENT_COLUMNS, EVENT_DATA_BYTES, toStoredEvent } from './repositories/event-row.js';
export type { EventRow } from './repositories/event-row.js';
export { EventRepository } from './repositories/event.repository.js';
export { ContributesRetention, RetentionDeclarationError, retentionContributors } from './retention/contributes-retention.js';
export type { RetentionContributor } from './retention/contributes-retention.js';
export { grantRuntimeRole, renewRuntimeGrants, RuntimeRoleError } from './roles/runtime-role.js';
export type { RuntimeGrants, TablePrivilege } from './roles/runtime-role.js';
export { endSessionsOf } from './sessions/end-sessions-of.js';
export { sessionName } from './sessions/session-name.js';
export { SchemaVersion } from './migrations/schema-version.js';
export type { CommitStatement, HintStatement } from './transaction-scope.js';
export { BatchedRead } from './batched-read.js';
export { PreparedStatement, prepared } from './statement.js';
export type { Statement } from './statement.js';
export { StatementFailedError } from './statement-failed.error.js';
export { Transaction } from './transaction.js';
export { SavepointOpenError, SwallowedStatementError, TransactionAbortedError, TransactionClosedError } from './transaction.errors.js';
export { UnitOfWork } from './unit-of-work.js';
export { toWalkBegin, unseenByWalk, walkBegin } from './walk.js';
export type { WalkBegin, WalkBeginColumns } from './walk.js';
