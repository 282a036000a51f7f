import { ContributesHeartbeatStats, ProcessIdentity, ProcessReader } from '#zakops/processes';
import type { HeartbeatStatsContributor } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
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
  ) {}

  heartbeatStats(): Readonly<Record<typeof CONNECTIONS, number>> {
    return { [CONNECTIONS]: this.admission.total };
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
