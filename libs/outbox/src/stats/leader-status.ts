import { Database } from '#zakops/database';
import { Injectable } from '@nestjs/common';
import { readWorkerReport } from './worker-report.js';
import type { WorkerReport } from './worker-report.js';

/** Who publishes and delivers at the moment. */
export interface LeaderStatus {
  /** The process that holds the lease or held it last; null before the first. */
  readonly owner: string | null;
  /** Grows with every change of owner. */
  readonly fence: number;
  readonly since: Date | null;
  readonly lastHeartbeatAt: Date | null;
  /** True while the lease holds, by the clock of the database. */
  readonly alive: boolean;
  /** What it said with its last heartbeat. */
  readonly report: WorkerReport;
}

/** The lease row as {@link LEADER_COLUMNS} reads it; int8 comes as text from the driver. */
export interface LeaderRow {
  readonly owner: string | null;
  readonly fence: string;
  readonly acquired_at: Date | null;
  readonly heartbeat_at: Date | null;
  readonly alive: boolean;
  readonly report: unknown;
}

/** The columns of {@link LeaderRow}; `w` is the row 'outbox' of `zakops.worker_leases`. */
export const LEADER_COLUMNS = 'w.owner, w.fence, w.acquired_at, w.heartbeat_at, w.expires_at > now() AS alive, w.report';

/** From the lease row to what it says. */
export function toLeaderStatus(row: LeaderRow): LeaderStatus {
  return {
    owner: row.owner,
    fence: Number(row.fence),
    since: row.acquired_at,
    lastHeartbeatAt: row.heartbeat_at,
    alive: row.alive,
    report: readWorkerReport(row.report),
  };
}

/** Tells whether a worker is active: one row by its key. */
@Injectable()
export class LeaderStatusReader {
  constructor(private readonly database: Database) {}

  /** @throws DatabaseUnavailableError when the server cannot be reached */
  async read(): Promise<LeaderStatus> {
    const [row] = await this.database.query<LeaderRow>(`SELECT ${LEADER_COLUMNS} FROM zakops.worker_leases w WHERE w.name = 'outbox'`);
    if (row === undefined) throw new Error('zakops.worker_leases has lost its row.');
    return toLeaderStatus(row);
  }
}
