import type { TraceContext } from '#zakops/kernel';
import { SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import type { Span as SdkSpan } from '@opentelemetry/api';
import type { Span, SpanAttributes } from '../span.js';

const SAMPLED = 0x01;

/** A span of the SDK, in our words. */
export class OtelSpan implements Span {
  readonly context: TraceContext;
  readonly #sampled: boolean;
  #ended = false;

  /** @param parent - whose flags beside the one for sampling are passed on */
  constructor(
    private readonly span: SdkSpan,
    parent: TraceContext | undefined,
  ) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.context = { traceId, spanId, flags: flagsOf(traceFlags, parent) };
    this.#sampled = span.isRecording();
  }

  get isRecording(): boolean {
    return this.#sampled && !this.#ended;
  }

  set(attributes: SpanAttributes): void {
    if (this.isRecording) this.span.setAttributes(attributes);
  }

  rename(name: string): void {
    if (this.isRecording) this.span.updateName(name);
  }

  event(name: string, attributes: SpanAttributes = {}): void {
    if (this.isRecording) this.span.addEvent(name, attributes);
  }

  fail(type: string): void {
    if (!this.isRecording) return;
    this.span.setAttribute('error.type', type);
    this.span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.span.end();
  }
}

function flagsOf(traceFlags: number, parent: TraceContext | undefined): string {
  const others = parent === undefined ? 0 : Number.parseInt(parent.flags, 16) & ~SAMPLED;
  return (others | (traceFlags & TraceFlags.SAMPLED)).toString(16).padStart(2, '0');
}
