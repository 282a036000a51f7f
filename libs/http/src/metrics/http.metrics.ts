import { ContributesFigures, LATENCY_BOUNDS_MS } from '#zakops/figures';
import type { FigureContributor, Figures } from '#zakops/figures';
import { Metrics } from '#zakops/metrics';
import type { RequestObserver } from '#zakops/observability';
import { Injectable } from '@nestjs/common';
import type { Counter, Histogram } from 'prom-client';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { routeOf } from './route-of.js';

// Finest around what is promised: 95 of 100 answers within half a second, 99 within two.
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30];

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Metrics of one kind of answer, bound once. */
interface Recorder {
  readonly count: Counter.Internal;
  readonly duration: Histogram.Internal<string>;
  readonly isError: boolean;
}

/**
 * Counts requests and times them, by method, route and status.
 *
 * @remarks The label is the template of the route, never the path: what no route was found for counts together. Event streams are counted
 * when they end and not timed, because they last as long as their readers stay. Probes are left out.
 */
@ContributesFigures()
@Injectable()
export class HttpMetrics implements RequestObserver, FigureContributor {
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #duration: Histogram<'method' | 'route' | 'status_class'>;
  readonly #recorders = new Map<string, Recorder>();
  readonly #latencies = LATENCY_BOUNDS_MS.map(() => 0);
  #slower = 0;
  #requestCount = 0;
  #errorCount = 0;
  #inFlight = 0;

  constructor(metrics: Metrics) {
    this.#requests = metrics.counter({
      name: 'zakops_http_requests_total',
      help: 'Requests answered, by method, route template and status; `aborted` when the client left before the answer began. Without probes.',
      labelNames: ['method', 'route', 'status'],
    });
    this.#duration = metrics.histogram({
      name: 'zakops_http_request_duration_seconds',
      help: 'From the first byte of a request to the last of its answer, by method, route template and class of status. Without probes and event streams.',
      labelNames: ['method', 'route', 'status_class'],
      buckets: BUCKETS,
    });
    metrics.gauge({
      name: 'zakops_http_requests_in_flight',
      help: 'Requests being served, open event streams included.',
      collect: (gauge) => {
        gauge.set(this.#inFlight);
      },
    });
  }

  onBegun(): void {
    this.#inFlight += 1;
  }

  onEnded(request: IncomingMessage, response: ServerResponse, durationMs: number): void {
    this.#inFlight -= 1;
    const { count, duration, isError } = this.recorder(request.method ?? '', routeOf(request), response);
    count.inc();
    this.#requestCount += 1;
    if (isError) this.#errorCount += 1;
    if (isStream(response)) return;
    duration.observe(durationMs / 1_000);
    const bound = LATENCY_BOUNDS_MS.findIndex((ms) => durationMs <= ms);
    if (bound === -1) this.#slower += 1;
    else this.#latencies[bound] = (this.#latencies[bound] ?? 0) + 1;
  }

  counted(): Figures {
    const latencies = LATENCY_BOUNDS_MS.map((ms, index) => [`http.le_${String(ms)}`, this.#latencies[index] ?? 0]);
    return {
      'http.requests': this.#requestCount,
      'http.errors': this.#errorCount,
      'http.slower': this.#slower,
      ...(Object.fromEntries(latencies) as Figures),
    };
  }

  private recorder(given: string, route: string, response: ServerResponse): Recorder {
    const method = METHODS.has(given) ? given : 'other';
    const status = response.headersSent ? String(response.statusCode) : 'aborted';
    const key = `${method} ${status} ${route}`;
    let recorder = this.#recorders.get(key);
    if (recorder === undefined) {
      const statusClass = status === 'aborted' ? status : `${status.slice(0, 1)}xx`;
      recorder = {
        count: this.#requests.labels(method, route, status),
        duration: this.#duration.labels(method, route, statusClass),
        isError: statusClass === '5xx',
      };
      this.#recorders.set(key, recorder);
    }
    return recorder;
  }
}

function isStream(response: ServerResponse): boolean {
  const type = response.getHeader('content-type');
  return typeof type === 'string' && type.startsWith('text/event-stream');
}
