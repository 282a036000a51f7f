import { Database } from '#zakops/database';
import { toProcessFailures, WORKER_FAILURES } from '#zakops/processes';
import type { ProcessFailure } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
import { LEASE_HOLDS } from '../lease/worker-lease.js';
import { readWorkerStats } from './worker-stats.js';
import type { WorkerStats } from './worker-stats.js';

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
  /** Workers in a row that did not give the lease back; 0 again once a worker has been active for a minute. */
  readonly uncleanEnds: number;
  /** What it wrote with its last heartbeat. */
  readonly report: WorkerStats;
  /** The failing loops of all living workers; the longest failing first. */
  readonly failing: readonly ProcessFailure[];
}

/** The lease row as {@link LEADER_COLUMNS} reads it; int8 comes as text from the driver. */
export interface LeaderRow {
  readonly owner: string | null;
  readonly fence: string;
  readonly acquired_at: Date | null;
  readonly heartbeat_at: Date | null;
  readonly alive: boolean;
  readonly unclean_ends: number;
  readonly report: unknown;
  readonly failing: Parameters<typeof toProcessFailures>[0];
}

/** The columns of {@link LeaderRow}; `w` is the row 'outbox' of `zakops.worker_leases`. */
export const LEADER_COLUMNS = `w.owner, w.fence, w.acquired_at, w.heartbeat_at, ${LEASE_HOLDS} AS alive, w.unclean_ends, w.report, ${WORKER_FAILURES} AS failing`;

/** From the lease row to what it says. */
export function toLeaderStatus(row: LeaderRow): LeaderStatus {
  return {
    owner: row.owner,
    fence: Number(row.fence),
    since: row.acquired_at,
    lastHeartbeatAt: row.heartbeat_at,
    alive: row.alive,
    uncleanEnds: row.unclean_ends,
    report: readWorkerStats(row.report),
    failing: toProcessFailures(row.failing),
  };
}

/** Reads whether a worker is active, and which loops of workers fail: one row by its key, and the few of processes. */
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
