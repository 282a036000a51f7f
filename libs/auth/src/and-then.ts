/** Calls `next` with a value, at once unless the value is a promise: then no promise is made on the hot path. */
export function andThen<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
