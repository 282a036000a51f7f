/** The loop that a process exists for, seen from its heartbeat. */
export interface MainLoop {
  /** Of a worker: whether it holds the lease; null for a process that has no such thing. */
  readonly role: 'active' | 'standby' | null;
  /** Milliseconds since it last finished a turn, failed turns included: a loop that fails is told by its `LoopState`. */
  readonly idleMs: number;
}
