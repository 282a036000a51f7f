import { explainFailing } from './failing-loop.js';
import type { FailingLoop } from './failing-loop.js';
import { isFresh } from './heartbeat-age.js';

/** What the row of a worker shows; ages by the clock of the database, as distances from now. */
export interface WorkerSigns {
  readonly processId: string;
  readonly role: 'active' | 'standby' | null;
  readonly beatAgeSeconds: number;
  readonly progressAgeSeconds: number;
  /** Its loops that fail; empty before migration 0014, which adds the column. */
  readonly failing: readonly FailingLoop[];
}

/** Whether a worker should go on, and why. */
export interface WorkerHealth {
  /** False when a restart helps. */
  readonly healthy: boolean;
  /**
   * - `working`: heartbeat and main loop are fresh
   * - `blocked`: no fresh heartbeat: the event loop does not turn, or the process is gone
   * - `stuck`: heartbeats come, but the main loop finishes nothing
   * - `failing`: its loops go round, and at least one fails every time; healthy, because a restart is not the cure
   * - `missing`: no worker of this host has ever sent a heartbeat, or the last one stopped in order
   * - `unknown`: the database cannot tell; healthy, because a restart of the worker would not help
   */
  readonly status: 'working' | 'failing' | 'blocked' | 'stuck' | 'missing' | 'unknown';
  /** In one sentence for an operator; no secrets. */
  readonly reason: string;
  /** Which worker was judged; null for `missing` and `unknown`. */
  readonly worker: WorkerSigns | null;
}

/** Judges the newest worker of a host; undefined when there is none. */
export function judgeWorker(worker: WorkerSigns | undefined, host: string): WorkerHealth {
  if (worker === undefined) {
    return { healthy: false, status: 'missing', reason: `No worker of ${host} has sent a heartbeat.`, worker: null };
  }
  const { processId, role, beatAgeSeconds, progressAgeSeconds, failing } = worker;
  if (!isFresh(beatAgeSeconds)) {
    const reason = `No heartbeat of ${processId} for ${seconds(beatAgeSeconds)}: its event loop is blocked, or the process is gone.`;
    return { healthy: false, status: 'blocked', reason, worker };
  }
  if (!isFresh(progressAgeSeconds)) {
    const reason = `The main loop of ${processId} has finished nothing for ${seconds(progressAgeSeconds)}, although its event loop turns.`;
    return { healthy: false, status: 'stuck', reason, worker };
  }
  if (failing.length > 0) return { healthy: true, status: 'failing', reason: explainFailing(failing), worker };
  const reason = `${processId} works${role === null ? '' : ` as the ${role} one`}: heartbeat ${seconds(beatAgeSeconds)} ago, last turn ${seconds(progressAgeSeconds)} ago.`;
  return { healthy: true, status: 'working', reason, worker };
}

function seconds(age: number): string {
  return `${String(Math.round(age))} s`;
}
