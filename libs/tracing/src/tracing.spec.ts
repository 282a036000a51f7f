import type { TraceContext } from '#zakops/kernel';
import type { Span, SpanOptions, Tracer } from './span.js';
import { Tracing } from './tracing.js';

const CONTEXT: TraceContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), flags: '01' };

class StandInTracer implements Tracer {
  readonly started: SpanOptions[] = [];
  isShutDown = false;

  start(_name: string, options: SpanOptions): Span {
    this.started.push(options);
    const nothing = (): void => undefined;
    return { context: CONTEXT, isRecording: true, set: nothing, rename: nothing, event: nothing, fail: nothing, end: nothing };
  }

  shutdown(): Promise<void> {
    this.isShutDown = true;
    return Promise.resolve();
  }
}

describe(Tracing.name, () => {
  it('is off at first, and refuses to start a span then', () => {
    const sut = new Tracing();
    expect([sut.on, sut.current]).toEqual([false, undefined]);
    expect(() => sut.start('x', { kind: 'internal' })).toThrow(/ask tracing\.on/);
  });

  it('takes the span at work for the cause of those that are started inside of it, also across awaits', async () => {
    const [sut, tracer] = [new Tracing(), new StandInTracer()];
    sut.use(tracer);
    const outer = sut.start('outer', { kind: 'internal' });
    await sut.within(outer, async () => {
      await Promise.resolve();
      sut.start('inner', { kind: 'internal' });
      sut.start('root', { kind: 'internal', root: true });
    });
    expect(tracer.started.map(({ parent }) => parent)).toEqual([undefined, CONTEXT, undefined]);
    expect(sut.current).toBeUndefined();
  });

  it('lets a span start after the end when the caller asked before', async () => {
    const [sut, tracer] = [new Tracing(), new StandInTracer()];
    sut.use(tracer);
    await sut.stop();
    expect([sut.on, tracer.isShutDown]).toEqual([false, true]);
    expect(() => sut.start('late', { kind: 'internal' })).not.toThrow();
  });
});
