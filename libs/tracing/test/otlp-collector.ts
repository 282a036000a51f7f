import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { waitFor } from '#zakops/testing';

/** A span as a collector sees it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  /** server, client, producer, consumer or internal. */
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly failed: boolean;
}

/** What the collector does with an export: takes it, never answers, or refuses it for good. */
export type CollectorMood = 'takes' | 'hangs' | 'refuses';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

/** A collector of traces, OTLP over HTTP with JSON, on 127.0.0.1. */
export class OtlpCollector {
  readonly spans: ReceivedSpan[] = [];
  /** The headers of every export. */
  readonly headers: IncomingMessage['headers'][] = [];
  mood: CollectorMood = 'takes';

  private constructor(
    readonly url: string,
    readonly close: () => Promise<void>,
  ) {}

  static async start(): Promise<OtlpCollector> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const collector = new OtlpCollector(`http://127.0.0.1:${String(port)}`, async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    });
    server.on('request', (request, response) => {
      void collector.take(request, response);
    });
    return collector;
  }

  /** Waits for a span, also one received before. */
  whenReceived(what: string, isIt: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    return waitFor(`the span ${what}`, () => this.spans.find(isIt));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    this.headers.push(request.headers);
    if (this.mood === 'hangs') return;
    if (this.mood === 'refuses' || request.url !== '/v1/traces' || request.method !== 'POST') {
      response.writeHead(400).end();
      return;
    }
    this.spans.push(...read(Buffer.concat(parts).toString()));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }
}

interface WireValue {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
}

type WireAttributes = readonly { readonly key: string; readonly value: WireValue }[];

interface WireSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: WireAttributes;
  readonly events: readonly { readonly name: string; readonly attributes: WireAttributes }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly status: { readonly code?: number };
}

interface WireExport {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: WireAttributes };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

function read(body: string): ReceivedSpan[] {
  const { resourceSpans } = JSON.parse(body) as WireExport;
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(valuesOf(resource.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => toReceived(service, span)));
  });
}

function toReceived(service: string, span: WireSpan): ReceivedSpan {
  const { name, traceId, spanId, parentSpanId } = span;
  return {
    service,
    name,
    kind: KINDS[span.kind] ?? 'unspecified',
    traceId,
    spanId,
    parentSpanId: parentSpanId === '' ? undefined : parentSpanId,
    startMs: Number(span.startTimeUnixNano) / 1e6,
    endMs: Number(span.endTimeUnixNano) / 1e6,
    attributes: valuesOf(span.attributes),
    events: span.events.map((event) => ({ name: event.name, attributes: valuesOf(event.attributes) })),
    links: span.links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
    failed: span.status.code === 2,
  };
}

function valuesOf(attributes: WireAttributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
