import { tracing } from '#zakops/tracing';
import { performance } from 'node:perf_hooks';
import { DeliveryTimeoutError } from '../tickets/delivery.errors.js';
import { DeliverySpans } from '../tracing/delivery-spans.js';
import { isHandlersFault } from './failures.js';
import type { FailedCall } from './failures.js';
import type { Attempt } from './transactional-calls.js';

/** Several events failed together: at the commit, or because a whole batch ran out of time. */
export class UnknownCulpritError extends Error {
  constructor(cause: unknown) {
    super('Deliveries failed together, and it is not known which of them is to blame.', { cause });
    this.name = 'UnknownCulpritError';
  }
}

/**
 * Tries deliveries until those that fail are known: first all together, then carefully, each failure undone alone, then without what
 * ended a whole transaction.
 *
 * @param careful - false to begin without savepoints
 * @param only - gives the id of the event when just one was tried: it is the culprit then
 * @param work - one attempt: a whole transaction
 * @throws UnknownCulpritError when the search ends; the caller divides what it gives
 * @throws what is not the handler's fault
 */
export async function findCulprits<T>(
  consumer: string,
  careful: boolean,
  only: () => string | undefined,
  work: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  const known = new Map<string, FailedCall>();
  let isCareful = careful;
  for (;;) {
    const spans = tracing.on ? new DeliverySpans(consumer) : undefined;
    const attempt: Attempt = { careful: isCareful, known, spans, inHand: [] };
    const startedAt = performance.now();
    try {
      const result = await work(attempt);
      spans?.committed();
      return result;
    } catch (error) {
      spans?.rolledBack();
      if (!isHandlersFault(error)) throw error;
      const [first] = attempt.inHand;
      const culprit = attempt.inHand.length === 1 ? first?.event.id : only();
      // Time that ran out once need not run out again to know whose fault it is.
      if (isCareful || (error instanceof DeliveryTimeoutError && culprit !== undefined)) {
        if (culprit === undefined || known.has(culprit)) throw new UnknownCulpritError(error);
        // The commit may be what failed: then it is known how long all of it took.
        const { durationMs = performance.now() - startedAt, traceId } = attempt.fatal ?? {};
        known.set(culprit, { error, durationMs, traceId });
      }
      isCareful = true;
    }
  }
}
