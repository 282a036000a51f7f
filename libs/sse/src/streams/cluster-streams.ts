import { ContributesHeartbeatStats, ProcessIdentity, ProcessReader } from '#zakops/processes';
import type { HeartbeatStatsContributor } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
import { LogTail } from '../log/log-tail.js';
import { StreamAdmission } from './stream-admission.js';

const CONNECTIONS = 'sse_connections';

/** Open streams of all API processes together. */
export interface ClusterStreamStats {
  /** API processes alive, this one included. */
  readonly processes: number;
  readonly connections: number;
}

/** Sends the number of open streams with every heartbeat, and adds up what the other processes sent. */
@ContributesHeartbeatStats()
@Injectable()
export class ClusterStreams implements HeartbeatStatsContributor {
  constructor(
    private readonly identity: ProcessIdentity,
    private readonly processes: ProcessReader,
    private readonly admission: StreamAdmission,
    private readonly tail: LogTail,
  ) {}

  /** Also how far this process has read the log: its live streams have what they want up to there. */
  heartbeatStats(): Readonly<Record<string, number | string>> {
    const { head } = this.tail;
    const place = head === undefined ? {} : { sse_position: head.position, sse_epoch: head.epoch };
    return { [CONNECTIONS]: this.admission.total, ...place };
  }

  /**
   * The streams of this process now, and those of the others as of their last heartbeats, five seconds ago at most.
   *
   * @throws DatabaseUnavailableError when the server cannot be reached
   */
  async stats(): Promise<ClusterStreamStats> {
    const others = await this.processes.sum(this.identity.kind, CONNECTIONS, this.identity.id);
    return { processes: others.processes + 1, connections: others.sum + this.admission.total };
  }
}
