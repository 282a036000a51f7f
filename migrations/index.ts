import type { MigrationInterface } from 'typeorm';
import { EventLayer0000000000001 } from './0001-event-layer.js';
import { Deals0000000000002 } from './0002-deals.js';
import { ActionsAndQuarantine0000000000003 } from './0003-actions-and-quarantine.js';
import { AdoptOriginal0000000000004 } from './0004-adopt-original.js';
import { DlqOperations0000000000005 } from './0005-dlq-operations.js';
import { Access0000000000006 } from './0006-access.js';
import { AuditLog0000000000007 } from './0007-audit-log.js';
import { CallLimits0000000000008 } from './0008-call-limits.js';
import { Processes0000000000009 } from './0009-processes.js';
import { DeliveredChecks0000000000010 } from './0010-delivered-checks.js';
import { Cursors0000000000011 } from './0011-cursors.js';
import { EventSizes0000000000012 } from './0012-event-sizes.js';
import { LeanerIndexes0000000000013 } from './0013-leaner-indexes.js';
import { FailingLoops0000000000014 } from './0014-failing-loops.js';
import { Retention0000000000015 } from './0015-retention.js';
import { TextsInOneForm0000000000018 } from './0018-texts-in-one-form.js';
import { AccessThatEnds0000000000019 } from './0019-access-that-ends.js';
import { LogOrigin0000000000020 } from './0020-log-origin.js';
import { DealLifecycle0000000000021 } from './0021-deal-lifecycle.js';
import { NotesContactsTimeline0000000000022 } from './0022-notes-contacts-timeline.js';
import { Quarantine0000000000023 } from './0023-quarantine.js';
import { Senders0000000000024 } from './0024-senders.js';
import { Search0000000000025 } from './0025-search.js';
import { Pipeline0000000000026 } from './0026-pipeline.js';
import { DealImports0000000000027 } from './0027-deal-imports.js';
import { FailureFingerprints0000000000028 } from './0028-failure-fingerprints.js';
import { DeadLetterTasks0000000000029 } from './0029-dead-letter-tasks.js';
import { DeliveryPauses0000000000030 } from './0030-delivery-pauses.js';
import { Replays0000000000031 } from './0031-replays.js';
import { RetentionBounds0000000000032 } from './0032-retention-bounds.js';
import { Figures0000000000033 } from './0033-figures.js';
import { OnCall0000000000034 } from './0034-on-call.js';
import { OpenTickets0000000000035 } from './0035-open-tickets.js';

/** Every migration in order. Forward only; each is safe beside the version before it. */
export const MIGRATIONS: readonly (new () => MigrationInterface)[] = [
  EventLayer0000000000001,
  Deals0000000000002,
  ActionsAndQuarantine0000000000003,
  AdoptOriginal0000000000004,
  DlqOperations0000000000005,
  Access0000000000006,
  AuditLog0000000000007,
  CallLimits0000000000008,
  Processes0000000000009,
  DeliveredChecks0000000000010,
  Cursors0000000000011,
  EventSizes0000000000012,
  LeanerIndexes0000000000013,
  FailingLoops0000000000014,
  Retention0000000000015,
  TextsInOneForm0000000000018,
  AccessThatEnds0000000000019,
  LogOrigin0000000000020,
  DealLifecycle0000000000021,
  NotesContactsTimeline0000000000022,
  Quarantine0000000000023,
  Senders0000000000024,
  Search0000000000025,
  Pipeline0000000000026,
  DealImports0000000000027,
  FailureFingerprints0000000000028,
  DeadLetterTasks0000000000029,
  DeliveryPauses0000000000030,
  Replays0000000000031,
  RetentionBounds0000000000032,
  Figures0000000000033,
  OnCall0000000000034,
  OpenTickets0000000000035,
];
