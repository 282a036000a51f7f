import { ContributesHeartbeatStats, ProcessIdentity, ProcessReader } from '#zakops/processes';
import type { HeartbeatStatsContributor } from '#zakops/processes';
import { Injectable } from '@nestjs/common';
import { LogTail } from '../log/log-tail.js';
import { StreamAdmission } from './stream-admission.js';
import { describe, STREAMS } from './stream-description.js';
import type { SeenStream, StreamDescription } from './stream-description.js';
import { StreamRegistry } from './stream-registry.js';

const CONNECTIONS = 'sse_connections';
const NEWEST = 'sse_streams';

/** The most streams that one process names in its heartbeat. */
const MAX_NAMED = 200;

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
    private readonly streams: StreamRegistry,
    private readonly tail: LogTail,
  ) {}

  /** Also how far this process has read the log: its live streams have what they want up to there. */
  heartbeatStats(): object {
    const { head } = this.tail;
    const place = head === undefined ? {} : { sse_position: head.position, sse_epoch: head.epoch };
    return { [CONNECTIONS]: this.admission.total, [NEWEST]: this.own(), ...place };
  }

  /** The newest 200 streams of each living API process: of this one as they are, of the others as of their last heartbeats. */
  async newest(): Promise<readonly SeenStream[]> {
    const { id: own, kind } = this.identity;
    const others = (await this.processes.living()).filter((process) => process.kind === kind && process.processId !== own);
    const now = new Date();
    return [
      ...this.own().map((stream) => ({ ...stream, process_id: own, seen_at: now.toISOString() })),
      ...others.flatMap(({ processId, beatAt, stats }) =>
        toStreams(stats[NEWEST]).map((stream) => ({ ...stream, process_id: processId, seen_at: beatAt.toISOString() })),
      ),
    ];
  }

  /** How many streams each living API process holds. */
  async countByProcess(): Promise<ReadonlyMap<string, number>> {
    const { id: own, kind } = this.identity;
    const counts = (await this.processes.living())
      .filter((process) => process.kind === kind && process.processId !== own)
      .map(({ processId, stats }): [string, number] => [processId, toCount(stats[CONNECTIONS])]);
    return new Map([[own, this.admission.total], ...counts]);
  }

  private own(): readonly StreamDescription[] {
    return this.streams.newest(MAX_NAMED).map(describe);
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

function toCount(stat: unknown): number {
  return typeof stat === 'number' ? stat : 0;
}

/** What another process sent; a process of another version may send something else by that name. */
function toStreams(stat: unknown): readonly StreamDescription[] {
  const parsed = STREAMS.safeParse(stat);
  return parsed.success ? parsed.data : [];
}
