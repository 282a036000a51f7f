import { nextSpan, parseTraceparent } from '#zakops/kernel';
import type { TraceContext } from '#zakops/kernel';
import { tracing } from '#zakops/tracing';
import { performance } from 'node:perf_hooks';
import { streamOf } from '../tickets/ticket.js';
import type { FailedAttempt } from '../tickets/ticket.js';
import { DeliverySpans } from '../tracing/delivery-spans.js';
import { HandlerCall } from './handler-call.js';
import type { RegisteredConsumer } from './consumer.registry.js';
import type { AwaitingEventConsumer } from './event-consumer.js';
import type { Delivery } from '../tickets/delivery.js';
import { isHandlersFault, toFailedAttempt } from './failures.js';
import type { RunnerTools } from './runner-tools.js';

/** The result of one delivery: delivered, failed, not begun because it is paused, or held behind such a one of its aggregate. */
export type AwaitedResult = 'delivered' | 'paused' | 'behind' | FailedAttempt;

/** Calls a handler that waits for something else than the database: several aggregates at once, each in order. */
export class AwaitingCalls {
  constructor(
    private readonly consumer: RegisteredConsumer & { readonly instance: AwaitingEventConsumer },
    private readonly tools: RunnerTools,
    private readonly interrupt: AbortSignal,
    private readonly isStopping: () => boolean,
  ) {}

  /**
   * Calls the handler for all deliveries, at most `concurrency` at the same time. Begins no call once the process stops or the lease has ended,
   * and none that is paused: that one has a result, so that the cursor can pass it, and what was called after it is not called again.
   *
   * @param onResult - called for each delivery that has a result; not for those that were not begun
   * @param isCut - true once no further call may begin, because results cannot be written down
   * @throws DeliveryInterruptedError when the process cannot wait any longer
   */
  async all(
    deliveries: readonly Delivery[],
    onResult: (delivery: Delivery, result: AwaitedResult) => void,
    isCut: () => boolean = () => false,
  ): Promise<void> {
    const isOver = (): boolean => isCut() || this.isStopping() || this.tools.leadership.fence === undefined;
    const lanes = byStream(deliveries);
    const work = async (): Promise<void> => {
      const call = new HandlerCall(this.consumer.name, this.tools.config.handlerTimeoutMs, this.interrupt);
      try {
        for (let lane = lanes.shift(); lane !== undefined; lane = lanes.shift()) await this.lane(lane, call, onResult, isOver);
      } finally {
        call.close();
      }
    };
    const outcomes = await Promise.allSettled(Array.from({ length: Math.min(this.consumer.concurrency, lanes.length) }, work));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  private async lane(
    lane: readonly Delivery[],
    call: HandlerCall,
    onResult: (delivery: Delivery, result: AwaitedResult) => void,
    isOver: () => boolean,
  ): Promise<void> {
    let isHeld = false;
    let hasGap = false;
    for (const given of lane) {
      const delivery = hasGap && !given.gap ? { ...given, gap: true } : given;
      if (isHeld) {
        onResult(delivery, 'behind');
        continue;
      }
      if (isOver()) return;
      if (this.isPaused(delivery)) {
        onResult(delivery, 'paused');
        isHeld = true;
        continue;
      }
      const result = await this.one(delivery, call);
      onResult(delivery, result);
      if (typeof result === 'string') continue;
      if (result.status === 'dead' && !this.consumer.isBlocking(delivery.event.type)) hasGap = true;
      else isHeld = true;
    }
  }

  private isPaused({ event }: Delivery): boolean {
    const { current } = this.tools.pauses;
    return current.stops(this.consumer.name) || current.holds(event);
  }

  private async one(delivery: Delivery, handler: HandlerCall): Promise<AwaitedResult> {
    const { event } = delivery;
    const spans = tracing.on ? new DeliverySpans(this.consumer.name) : undefined;
    const span = spans?.start([delivery]);
    let drawn: TraceContext | undefined;
    const trace = (): TraceContext => (drawn ??= span?.context ?? nextSpan(parseTraceparent(event.traceparent ?? undefined)));
    const startedAt = performance.now();
    const call = (): Promise<void> => handler.run(delivery, trace, (signal) => this.consumer.instance.handleAwaiting(delivery, signal));
    try {
      await (span === undefined ? call() : tracing.within(span, call));
      this.tools.crashPoints.reach('after-effect');
      spans?.committed();
      return 'delivered';
    } catch (error) {
      if (!isHandlersFault(error)) {
        spans?.rolledBack();
        throw error;
      }
      const failedCall = { error, durationMs: performance.now() - startedAt, traceId: trace().traceId };
      const failed = toFailedAttempt(this.consumer, delivery, failedCall, this.tools);
      spans?.failed(delivery, error, failed);
      spans?.committed();
      return failed;
    }
  }
}

function byStream(deliveries: readonly Delivery[]): (readonly Delivery[])[] {
  const lanes = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const stream = streamOf(delivery.event);
    const lane = lanes.get(stream);
    if (lane === undefined) lanes.set(stream, [delivery]);
    else lane.push(delivery);
  }
  return [...lanes.values()];
}
