import type { RuntimeConfig } from '#zakops/config';
import { randomIdHex } from '#zakops/kernel';
import type { TraceContext } from '#zakops/kernel';
import { ROOT_CONTEXT, SpanKind as SdkSpanKind, trace } from '@opentelemetry/api';
import type { SpanContext, Tracer as SdkTracer } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Span, SpanKind, SpanOptions, Tracer } from '../span.js';
import type { SpanCounter } from '../span-counter.js';
import type { TracingConfig } from '../tracing.config.js';
import { OtelSpan } from './otel-span.js';
import { makeSampler } from './sampler.js';
import { SpanQueue } from './span-queue.js';

const SHUTDOWN_LIMIT_MS = 2_000;

const KINDS: Readonly<Record<SpanKind, SdkSpanKind>> = {
  internal: SdkSpanKind.INTERNAL,
  server: SdkSpanKind.SERVER,
  client: SdkSpanKind.CLIENT,
  producer: SdkSpanKind.PRODUCER,
  consumer: SdkSpanKind.CONSUMER,
};

/** What a tracer needs to know. */
export interface OtelTracerOptions {
  /** Where spans are sent, with the path. */
  readonly url: string;
  /** Names the process unless the settings do. */
  readonly service: string;
  readonly config: TracingConfig;
  readonly runtime: RuntimeConfig;
  readonly counter: SpanCounter;
}

/** Makes spans with the SDK of OpenTelemetry, and sends them by OTLP over HTTP. */
export class OtelTracer implements Tracer {
  readonly #provider: TracerProvider;
  readonly #tracer: SdkTracer;
  readonly #queue: SpanQueue;
  #nextTraceId: string | undefined;

  constructor({ url, service, config, runtime, counter }: OtelTracerOptions) {
    const exporter = new OTLPTraceExporter({ url, headers: { ...config.headers }, timeoutMillis: config.timeoutMs });
    this.#queue = new SpanQueue(exporter, counter, config.timeoutMs);
    this.#provider = new TracerProvider({
      resource: resourceOf(config.serviceName ?? service, config, runtime),
      sampler: makeSampler(config),
      idGenerator: {
        generateTraceId: () => this.#nextTraceId ?? randomIdHex(16),
        generateSpanId: () => randomIdHex(8),
      },
      spanProcessors: [this.#queue],
    });
    this.#tracer = this.#provider.getTracer('zakops', runtime.version);
  }

  start(name: string, { kind, parent, traceId, links, attributes, startedAt }: SpanOptions): Span {
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, sdkContext(parent));
    // The SDK asks for the id while it starts the span, and for none when there is a parent.
    this.#nextTraceId = traceId;
    const span = this.#tracer.startSpan(
      name,
      {
        kind: KINDS[kind],
        ...(attributes === undefined ? {} : { attributes }),
        ...(links === undefined ? {} : { links: links.map((link) => ({ context: sdkContext(link) })) }),
        ...(startedAt === undefined ? {} : { startTime: startedAt }),
      },
      context,
    );
    this.#nextTraceId = undefined;
    return new OtelSpan(span, parent);
  }

  async shutdown(): Promise<void> {
    await Promise.race([this.#provider.shutdown(), sleep(SHUTDOWN_LIMIT_MS, undefined, { ref: false })]);
    this.#queue.abandon();
  }
}

function sdkContext({ traceId, spanId, flags }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

function resourceOf(service: string, config: TracingConfig, runtime: RuntimeConfig): Resource {
  const own = {
    'service.name': service,
    'service.version': runtime.version,
    // The name that leases and logs know this process by begins the same.
    'service.instance.id': `${runtime.instanceName ?? hostname()}/${String(process.pid)}`,
    'deployment.environment.name': runtime.appEnv,
  };
  return defaultResource()
    .merge(resourceFromAttributes(own))
    .merge(
      resourceFromAttributes({ ...config.resourceAttributes, ...(config.serviceName === undefined ? {} : { 'service.name': service }) }),
    );
}
