import { AsyncLocalStorage } from 'node:async_hooks';
import type { Span, SpanOptions, Tracer } from './span.js';

const NEVER_ON = 'Tracing is off: ask tracing.on before starting a span.';

const atWork = new AsyncLocalStorage<Span>();

/**
 * The spans of this process.
 *
 * @remarks Off unless the environment names a collector. Code that makes spans asks {@link on} first, which is all that tracing costs while
 * it is off: `const span = tracing.on ? tracing.start(...) : undefined`.
 */
export class Tracing {
  #tracer: Tracer | undefined;
  #on = false;

  /** True while spans are made. */
  get on(): boolean {
    return this.#on;
  }

  /** The span that is at work, see {@link within}; undefined outside of one. */
  get current(): Span | undefined {
    return atWork.getStore();
  }

  /**
   * Starts a span, which the caller has to end.
   *
   * @remarks A span that starts after {@link stop} is lost, and does no harm.
   * @throws Error when tracing was never on
   */
  start(name: string, options: SpanOptions): Span {
    if (this.#tracer === undefined) throw new Error(NEVER_ON);
    const parent = options.parent ?? (options.root === true ? undefined : this.current?.context);
    return this.#tracer.start(name, { ...options, parent });
  }

  /** Runs `work` so that spans started inside it, also across awaits, are caused by `span`. */
  within<T>(span: Span, work: () => T): T {
    return atWork.run(span, work);
  }

  /** Switches on. For TracingModule and tests. */
  use(tracer: Tracer): void {
    this.#tracer = tracer;
    this.#on = true;
  }

  /** Switches off, and sends what is left. For TracingModule and tests. */
  async stop(): Promise<void> {
    if (!this.#on) return;
    this.#on = false;
    await this.#tracer?.shutdown();
  }
}

/** The one of this process: spans are made where nothing is injected. */
export const tracing = new Tracing();
