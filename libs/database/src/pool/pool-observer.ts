/** Measures how a pool is used; called between statements, so it must be cheap. */
export interface PoolObserver {
  /** A connection was given after this wait. */
  onAcquired(waitedMs: number): void;
  /** None was given. */
  onRefused(error: unknown): void;
  /** A statement outside of a transaction, or a transaction, is over, however it ended; without the wait for its connection. */
  onFinished(kind: PooledWork, durationMs: number): void;
}

/** What connections are taken for. */
export type PooledWork = 'statement' | 'transaction';
