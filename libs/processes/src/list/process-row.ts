import type { ProcessKind } from '../process-kind.js';

/** A process by its last heartbeat. */
export interface ProcessSummary {
  /** `<host>/<process id>/<random>`. */
  readonly processId: string;
  readonly kind: ProcessKind;
  /** Of a worker; null for an API process. */
  readonly role: 'active' | 'standby' | null;
  readonly version: string;
  readonly commit: string;
  /** The newest migration that its build knows. */
  readonly schemaVersion: string | null;
  readonly startedAt: Date;
  readonly beatAt: Date;
  /** Seconds since the last heartbeat, by the clock of the database. */
  readonly beatAgeSeconds: number;
  /** Seconds since its main loop last finished a turn, by the clock of the database. */
  readonly progressAgeSeconds: number;
  /** The last heartbeat is fresh: it was not killed, and its event loop turns. */
  readonly alive: boolean;
}

/** The same with the stats of its parts, which may be tens of kilobytes. */
export interface ProcessRow extends ProcessSummary {
  readonly stats: Readonly<Record<string, unknown>>;
}
