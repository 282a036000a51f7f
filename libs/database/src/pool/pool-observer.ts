import { performance } from 'node:perf_hooks';

/** Who is told how a pool is used; called between statements, so it must be cheap. */
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

// By pool, and not handed over: whoever makes a UnitOfWork by hand need not know of it.
const observers = new WeakMap<object, PoolObserver>();

/** Sets who is told of a pool from now on. */
export function observePool(pool: object, observer: PoolObserver): void {
  observers.set(pool, observer);
}

/** Takes a connection and tells the observer of the pool how long that took. */
export async function acquire<T>(pool: object, connect: () => Promise<T>): Promise<T> {
  const observer = observers.get(pool);
  if (observer === undefined) return connect();
  const askedAt = performance.now();
  try {
    const connection = await connect();
    observer.onAcquired(performance.now() - askedAt);
    return connection;
  } catch (error) {
    observer.onRefused(error);
    throw error;
  }
}

/** Tells the observer of the pool that some work is over. */
export function noteFinished(pool: object, kind: PooledWork, startedAt: number): void {
  observers.get(pool)?.onFinished(kind, performance.now() - startedAt);
}
