/** The loop that a process exists for, as its heartbeat reads it. */
export interface MainLoop {
  /** Of a worker: whether it holds the lease; null for a process that has no such thing. */
  readonly role: 'active' | 'standby' | null;
  /** Milliseconds since it last finished a turn, failed turns included: its `LoopState` says whether they fail. */
  readonly idleMs: number;
}
