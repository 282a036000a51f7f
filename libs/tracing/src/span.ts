import type { TraceContext } from '#zakops/kernel';

/** The part that a process plays in an operation, in the words of OpenTelemetry. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** What is known about an operation; undefined members are left out. No values of statements, no bodies, no names of people. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** How a span begins. */
export interface SpanOptions {
  readonly kind: SpanKind;
  /** What caused it, perhaps in another process; by default the span that is at work. */
  readonly parent?: TraceContext | undefined;
  /** True for one that no other caused. */
  readonly root?: boolean;
  /** The trace that a root begins, 32 hex digits; by default a new one. */
  readonly traceId?: string | undefined;
  /** Spans it has to do with, without being caused by them. */
  readonly links?: readonly TraceContext[];
  readonly attributes?: SpanAttributes;
  /** By default now. */
  readonly startedAt?: Date;
}

/** One operation of a trace, from its start to its end. */
export interface Span {
  /** Its ids, and whether it is recorded (`flags`): what logs, problem bodies and events carry. */
  readonly context: TraceContext;
  /** False when the sampler left it out (its ids are passed on, and nothing is kept of it), and after its end. */
  readonly isRecording: boolean;
  set(attributes: SpanAttributes): void;
  rename(name: string): void;
  /** Notes a moment within it. */
  event(name: string, attributes?: SpanAttributes): void;
  /**
   * Marks it as failed.
   *
   * @param type - what failed, out of few: a code, a SQLSTATE, the name of an error class. The message stays in the log: it may hold values
   */
  fail(type: string): void;
  /** Ends it, once; what is noted later is lost. */
  end(): void;
}

/** Makes spans and sends them; the one implementation is loaded only when tracing is on. */
export interface Tracer {
  start(name: string, options: SpanOptions): Span;
  /** Sends what is left, within a limit. */
  shutdown(): Promise<void>;
}
