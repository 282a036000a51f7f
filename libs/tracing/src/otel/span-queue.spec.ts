import { Metrics } from '#zakops/metrics';
import { Logger } from '@nestjs/common';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { SpanQueue } from './span-queue.js';
import { SpanCounter } from '../span-counter.js';

type Report = Parameters<SpanExporter['export']>[1];

/** Takes batches and answers when it is told to. */
class StandInExporter implements SpanExporter {
  readonly batches: number[] = [];
  readonly #waiting: Report[] = [];

  export(spans: ReadableSpan[], report: Report): void {
    this.batches.push(spans.length);
    this.#waiting.push(report);
  }

  /** Answers the oldest batch, and lets the queue go on. */
  async answer(error?: Error): Promise<void> {
    // ExportResultCode: 0 is success, 1 is failure; the enumeration lives in a package that is not ours to import.
    const result: unknown = error === undefined ? { code: 0 } : { code: 1, error };
    this.#waiting.shift()?.(result as Parameters<Report>[0]);
    // As many turns as the queue takes to go on; timers stand still.
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const span = (traceFlags: number): ReadableSpan => ({ spanContext: () => ({ traceId: '', spanId: '', traceFlags }) }) as ReadableSpan;

function setup(): { sut: SpanQueue; exporter: StandInExporter; warnings: jest.SpyInstance; lost: () => Promise<number> } {
  const exporter = new StandInExporter();
  const metrics = new Metrics();
  const warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
  const lost = async (): Promise<number> => {
    const family = (await metrics.families()).find(({ name }) => name === 'zakops_tracing_spans_lost_total');
    return family?.values[0]?.value ?? -1;
  };
  return { sut: new SpanQueue(exporter, new SpanCounter(metrics), 10_000), exporter, warnings, lost };
}

const end = (queue: SpanQueue, spans: number): void => {
  for (let n = 0; n < spans; n += 1) queue.onEnd(span(1));
};

describe(SpanQueue.name, () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('sends what has ended a second later, and a full batch at once', () => {
    const { sut, exporter } = setup();
    end(sut, 3);
    expect(exporter.batches).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(exporter.batches).toEqual([3]);

    const other = setup();
    end(other.sut, 256);
    expect(other.exporter.batches).toEqual([256]);
  });

  it('keeps nothing of spans that are not recorded', () => {
    const { sut, exporter } = setup();
    sut.onEnd(span(0));
    jest.advanceTimersByTime(5_000);
    expect(exporter.batches).toEqual([]);
  });

  it('sends one batch after the other, however much has gathered', async () => {
    const { sut, exporter } = setup();
    end(sut, 700);
    expect(exporter.batches).toEqual([256]);
    await exporter.answer();
    expect(exporter.batches).toEqual([256, 256]);
  });

  it('holds 2,048 while one batch is on its way, drops the rest, counts it, and logs it once a minute', async () => {
    const { sut, warnings, lost } = setup();
    end(sut, 256 + 2_048 + 100);
    expect(await lost()).toBe(100);
    expect(warnings).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(60_000);
    expect(warnings.mock.calls.map(([facts]) => (facts as { lost: number }).lost)).toEqual([1, 99]);
  });

  it('counts a batch that was refused as lost, without what the collector said', async () => {
    const { sut, exporter, warnings, lost } = setup();
    end(sut, 256);
    await exporter.answer(Object.assign(new Error('secret of the collector'), { code: 403 }));
    expect(await lost()).toBe(256);
    expect(warnings.mock.calls).toEqual([[{ lost: 256, reason: 'status 403' }, expect.any(String)]]);
  });

  it('gives up a batch that is not answered in time, and goes on', async () => {
    const { sut, exporter, lost } = setup();
    end(sut, 512);
    await jest.advanceTimersByTimeAsync(10_500);
    expect(exporter.batches).toEqual([256, 256]);
    expect(await lost()).toBe(256);
  });

  it('sends everything at the end', async () => {
    const { sut, exporter } = setup();
    end(sut, 300);
    const shutdown = sut.shutdown();
    await exporter.answer();
    await exporter.answer();
    await shutdown;
    expect(exporter.batches).toEqual([256, 44]);
  });

  it('counts what is given up at the end, also what is on its way', async () => {
    const { sut, lost } = setup();
    end(sut, 300);
    sut.abandon();
    end(sut, 300);
    expect(await lost()).toBe(300);
  });
});
