import { RuntimeConfig } from '#zakops/config';
import { Metrics, MetricsModule } from '#zakops/metrics';
import { Injectable, Logger, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { SpanCounter } from './span-counter.js';
import { tracing } from './tracing.js';
import { TracingConfig } from './tracing.config.js';

abstract class ServiceName {
  abstract readonly value: string;
}

/** Switches tracing on at the start, if a collector is named, and sends the last spans at the end. */
@Injectable()
class TracingLifecycle implements OnModuleInit, OnApplicationShutdown {
  readonly #logger = new Logger('Tracing');
  readonly #counter: SpanCounter;

  constructor(
    private readonly service: ServiceName,
    private readonly config: TracingConfig,
    private readonly runtime: RuntimeConfig,
    metrics: Metrics,
  ) {
    this.#counter = new SpanCounter(metrics);
  }

  async onModuleInit(): Promise<void> {
    const { tracesUrl } = this.config;
    if (tracesUrl === undefined) return;
    // Not before it is needed: the SDK costs a tenth of a second and several MiB.
    const { OtelTracer } = await import('./otel/otel-tracer.js');
    const { config, runtime } = this;
    tracing.use(new OtelTracer({ url: tracesUrl, service: this.service.value, config, runtime, counter: this.#counter }));
    this.#logger.log(`Traces are sent to ${new URL(tracesUrl).host}`);
  }

  /** Requests and deliveries are over by now, and so are their spans. */
  async onApplicationShutdown(): Promise<void> {
    await tracing.stop();
  }
}

/** Tracing by OpenTelemetry, off unless a collector is named. */
@Module({})
export class TracingModule {
  /** @param service - names the process, unless `OTEL_SERVICE_NAME` does */
  static forRoot(service: string): DynamicModule {
    return {
      module: TracingModule,
      imports: [MetricsModule],
      providers: [{ provide: ServiceName, useValue: { value: service } }, TracingLifecycle],
    };
  }
}
