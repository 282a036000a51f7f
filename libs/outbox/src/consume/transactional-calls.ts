import { isRetryableConflict, SwallowedStatementError } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { nextSpan, parseTraceparent } from '#zakops/kernel';
import type { TraceContext } from '#zakops/kernel';
import { tracing } from '#zakops/tracing';
import { performance } from 'node:perf_hooks';
import { DeliveryTimeoutError } from '../tickets/delivery.errors.js';
import { streamOf } from '../tickets/ticket.js';
import type { FailedAttempt } from '../tickets/ticket.js';
import type { DeliverySpans } from '../tracing/delivery-spans.js';
import { HandlerCall } from './handler-call.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import type { BatchEventConsumer, SingleEventConsumer } from './event-consumer.js';
import type { Delivery } from '../tickets/delivery.js';
import { isHandlersFault, toFailedAttempt } from './failures.js';
import type { FailedCall } from './failures.js';
import type { RunnerTools } from './runner-tools.js';

// A batch of slow events is committed in parts: what is done becomes visible, and a stop need not wait for the rest.
const LONGEST_BATCH_MS = 1_000;

/** How deliveries are tried. */
export interface Attempt {
  /** False: without savepoints, and the first error ends it all. True: each failure is undone alone, and the others go on. */
  readonly careful: boolean;
  /** Events that are known to fail, and how: they are not tried again in this attempt. */
  readonly known: ReadonlyMap<string, FailedCall>;
  /** Undefined while tracing is off. */
  readonly spans: DeliverySpans | undefined;
  /** What the handler was working on when it threw; empty when it was none. */
  inHand: readonly Delivery[];
  /** The call that has ended the attempt; undefined when no call did. */
  fatal?: FailedCall;
}

/** What became of deliveries, in their order. */
export interface Handled {
  readonly delivered: Delivery[];
  readonly failed: FailedAttempt[];
  /** Not tried: an earlier one of their aggregate has failed. */
  readonly behind: Delivery[];
  /** The first one that was not reached, because time was up; undefined when all were. */
  next: Delivery | undefined;
}

/** Calls the handler of one consumer inside a transaction. */
export class TransactionalCalls {
  readonly #call: HandlerCall;

  constructor(
    private readonly consumer: RegisteredConsumer & { readonly instance: SingleEventConsumer | BatchEventConsumer },
    private readonly tools: RunnerTools,
    interrupt: AbortSignal,
    private readonly isStopping: () => boolean,
  ) {
    this.#call = new HandlerCall(consumer.name, tools.config.handlerTimeoutMs, interrupt);
  }

  /**
   * Calls it for all deliveries, in order.
   *
   * @throws what the handler threw, when the attempt is not careful, or when the transaction cannot go on
   */
  async all(tx: Transaction, deliveries: readonly Delivery[], attempt: Attempt): Promise<Handled> {
    const handled: Handled = { delivered: [], failed: [], behind: [], next: undefined };
    const run = new Run(this.consumer, handled);
    const { instance } = this.consumer;
    attempt.inHand = [];
    if ('handleBatch' in instance) {
      let part: Delivery[] = [];
      for (const given of deliveries) {
        if (!attempt.known.has(given.event.id)) {
          part.push(given);
          continue;
        }
        // What is before it in its aggregate is delivered before it fails.
        await this.batch(tx, part, attempt, run, instance);
        part = [];
        const delivery = run.place(given);
        const call = attempt.known.get(given.event.id);
        if (delivery !== undefined && call !== undefined) this.fail(delivery, attempt, run, call);
      }
      await this.batch(tx, part, attempt, run, instance);
    } else await this.oneByOne(tx, deliveries, attempt, run, instance);
    attempt.inHand = [];
    return handled;
  }

  private async oneByOne(
    tx: Transaction,
    all: readonly Delivery[],
    attempt: Attempt,
    run: Run,
    instance: SingleEventConsumer,
  ): Promise<void> {
    const startedAt = performance.now();
    for (const given of all) {
      const calledAt = performance.now();
      const isLate = this.isStopping() || calledAt - startedAt > LONGEST_BATCH_MS;
      if (isLate && run.handled.delivered.length > 0) {
        run.handled.next = given;
        return;
      }
      const delivery = run.place(given);
      if (delivery === undefined) continue;
      const known = attempt.known.get(delivery.event.id);
      const failed = known ?? (await this.tryOne(tx, [delivery], attempt, (signal) => instance.handle(delivery, tx, signal)));
      if (failed === undefined) run.handled.delivered.push(delivery);
      else this.fail(delivery, attempt, run, failed);
    }
  }

  /** Gives all at once; after an error, the halves, until each culprit stands alone. */
  private async batch(tx: Transaction, all: readonly Delivery[], attempt: Attempt, run: Run, instance: BatchEventConsumer): Promise<void> {
    const deliveries = all.flatMap((given) => run.place(given) ?? []);
    const [first] = deliveries;
    if (first === undefined) return;
    const failed = await this.tryOne(tx, deliveries, attempt, (signal) => instance.handleBatch(deliveries, tx, signal));
    if (failed === undefined) run.handled.delivered.push(...deliveries);
    else if (deliveries.length === 1) this.fail(first, attempt, run, failed);
    else {
      const middle = Math.ceil(deliveries.length / 2);
      await this.batch(tx, deliveries.slice(0, middle), attempt, run, instance);
      await this.batch(tx, deliveries.slice(middle), attempt, run, instance);
    }
  }

  /** @returns the failed call, when the handler is to blame and it was undone; undefined when none failed */
  private async tryOne(
    tx: Transaction,
    deliveries: readonly Delivery[],
    attempt: Attempt,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<FailedCall | undefined> {
    attempt.inHand = deliveries;
    const calledAt = performance.now();
    const trace = traceOfCall(deliveries, attempt.spans);
    try {
      const call = (): Promise<void> => this.inTime(deliveries, attempt.spans, trace, work);
      if (attempt.careful) await tx.savepoint(call);
      else {
        await call();
        if (tx.isBroken) throw new SwallowedStatementError(undefined);
      }
      this.tools.crashPoints.reach('after-effect');
      return undefined;
    } catch (error) {
      // A handler that ran out of time may still be at work: nothing more can be done in its transaction.
      const isOver = !attempt.careful || error instanceof DeliveryTimeoutError || isRetryableConflict(error);
      const failed = { error, durationMs: performance.now() - calledAt, traceId: trace().traceId };
      if (!isOver && isHandlersFault(error)) return failed;
      attempt.fatal = failed;
      throw error;
    }
  }

  private fail(delivery: Delivery, { spans }: Attempt, run: Run, call: FailedCall): void {
    const failed = toFailedAttempt(this.consumer, delivery, call, this.tools);
    spans?.failed(delivery, call.error, failed);
    run.failed(failed);
  }

  private inTime(
    deliveries: readonly Delivery[],
    spans: DeliverySpans | undefined,
    trace: () => TraceContext,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const [first] = deliveries;
    if (first === undefined) return Promise.resolve();
    const span = spans?.start(deliveries);
    const call = (): Promise<void> => this.#call.run(first, trace, work);
    if (span === undefined) return call();
    return tracing.within(span, call).then(() => spans?.handled(deliveries));
  }
}

/** The ids of a call, drawn when they are asked for: most handlers take a microsecond and ask for none. */
function traceOfCall(deliveries: readonly Delivery[], spans: DeliverySpans | undefined): () => TraceContext {
  const [first] = deliveries;
  let drawn: TraceContext | undefined;
  return () => (drawn ??= spans?.start(deliveries)?.context ?? nextSpan(parseTraceparent(first?.event.traceparent ?? undefined)));
}

/** Which aggregates have failed so far, and what that means for their later events. */
class Run {
  readonly #held = new Set<string>();
  readonly #gaps = new Set<string>();

  constructor(
    private readonly consumer: Pick<RegisteredConsumer, 'isBlocking'>,
    readonly handled: Handled,
  ) {}

  /** The delivery, with its gap marked; undefined when it has to wait, which is noted. */
  place(delivery: Delivery): Delivery | undefined {
    if (this.#held.size + this.#gaps.size === 0) return delivery;
    const stream = streamOf(delivery.event);
    if (this.#held.has(stream)) {
      this.handled.behind.push(delivery);
      return undefined;
    }
    return !delivery.gap && this.#gaps.has(stream) ? { ...delivery, gap: true } : delivery;
  }

  failed(attempt: FailedAttempt): void {
    this.handled.failed.push(attempt);
    const { event } = attempt.delivery;
    const stream = streamOf(event);
    if (attempt.status === 'dead' && !this.consumer.isBlocking(event.type)) this.#gaps.add(stream);
    else this.#held.add(stream);
  }
}
