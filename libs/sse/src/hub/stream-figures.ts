import { ProcessHeartbeat, ProcessIdentity, ProcessReader } from '#zakops/processes';
import type { FigureSource } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
import { StreamAdmission } from './stream-admission.js';

const CONNECTIONS = 'sse_connections';

/** Open streams of all API processes together. */
export interface ClusterStreams {
  /** API processes alive, this one included. */
  readonly processes: number;
  readonly connections: number;
}

/** Tells with every heartbeat how many streams this process holds, and adds up what the others told with theirs. */
@Injectable()
export class StreamFigures implements FigureSource {
  constructor(
    heartbeat: ProcessHeartbeat,
    private readonly identity: ProcessIdentity,
    private readonly processes: ProcessReader,
    private readonly admission: StreamAdmission,
  ) {
    heartbeat.contribute(this);
  }

  figures(): Readonly<Record<typeof CONNECTIONS, number>> {
    return { [CONNECTIONS]: this.admission.total };
  }

  /**
   * The streams of this process now, and those of the others as of their last heartbeats, five seconds ago at most.
   *
   * @throws DatabaseUnavailableError when the server cannot be reached
   */
  async ofCluster(): Promise<ClusterStreams> {
    const others = await this.processes.sum(this.identity.kind, CONNECTIONS, this.identity.id);
    return { processes: others.processes + 1, connections: others.sum + this.admission.total };
  }
}
