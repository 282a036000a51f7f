import { Injectable } from '@nestjs/common';
import type { OnApplicationShutdown } from '@nestjs/common';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { Histogram } from 'prom-client';
import { Metrics } from '../metrics.js';

const BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1];

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weak_callbacks',
};

/** How long garbage collections stopped the process, from the first scrape on. */
@Injectable()
export class GcMetrics implements OnApplicationShutdown {
  #observer: PerformanceObserver | undefined;

  constructor(metrics: Metrics) {
    metrics.histogram({
      name: 'zakops_nodejs_gc_duration_seconds',
      help: 'Garbage collections by kind and how long they took.',
      labelNames: ['kind'],
      buckets: BUCKETS,
      collect: (histogram) => {
        this.#observer ??= observe(histogram);
      },
    });
  }

  onApplicationShutdown(): void {
    this.#observer?.disconnect();
  }
}

function observe(duration: Histogram<'kind'>): PerformanceObserver {
  // Every series is there before the first collection of its kind.
  for (const kind of Object.values(KINDS)) duration.zero({ kind });
  const byKind = new Map(Object.entries(KINDS).map(([kind, name]) => [Number(kind), duration.labels(name)]));
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as unknown as { readonly detail?: { readonly kind?: number } }).detail ?? {};
      byKind.get(kind ?? 0)?.observe(entry.duration / 1_000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return observer;
}
