import { createTestDatabase, spawnApi, spawnWorker, SseClient, waitFor } from '#zakops/testing';
import type { SpawnedApi, SpawnedApp, TestDatabase } from '#zakops/testing';
import { OtlpCollector } from './otlp-collector.js';
import type { ReceivedSpan } from './otlp-collector.js';

const CALLER_SPAN = '00f067aa0ba902b7';

let nextTrace = 1;
/** A trace id that no other test has. */
const newTraceId = (): string => (nextTrace++).toString(16).padStart(32, 'a');

describe('a trace', () => {
  let database: TestDatabase;
  let collector: OtlpCollector;
  let api: SpawnedApi;
  let worker: SpawnedApp;

  beforeAll(async () => {
    [database, collector] = await Promise.all([createTestDatabase(), OtlpCollector.start()]);
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_EXPORTER_OTLP_HEADERS: 'x-key=a%20b', LOG_LEVEL: 'info' };
    [api, worker] = await Promise.all([spawnApi(database.url, env), spawnWorker(database.url, env)]);
  });
  afterAll(async () => {
    await Promise.all([api.stop(), worker.stop()]);
    await collector.close();
    await database.drop();
  });

  async function openDeal(headers: Record<string, string> = {}): Promise<Response> {
    const body = JSON.stringify({ canonical_name: 'Never Told Ltd' });
    const answer = await fetch(`${api.url}/api/deals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    expect(answer.status).toBe(201);
    return answer;
  }

  /** Opens a deal whose trace a caller records, and gives the one span of each name, once it is delivered. */
  async function tracedDeal(traceId: string): Promise<{ answer: Response; named: (name: string) => ReceivedSpan }> {
    const answer = await openDeal({ traceparent: `00-${traceId}-${CALLER_SPAN}-01` });
    await collector.whenReceived('of the delivery', (span) => span.traceId === traceId && span.name === 'deliver deal.created');
    await collector.whenReceived('of the request', (span) => span.traceId === traceId && span.kind === 'server');
    const named = (name: string): ReceivedSpan => {
      const found = collector.spans.filter((span) => span.traceId === traceId && span.name === name);
      expect(found.map((span) => span.name)).toEqual([name]);
      return found[0] as ReceivedSpan;
    };
    return { answer, named };
  }

  it('goes from the caller through request, commit and publishing to the delivery', async () => {
    const traceId = newTraceId();
    const { answer, named } = await tracedDeal(traceId);

    const request = named('POST /api/deals');
    const transaction = named('transaction');
    const append = named('append deal.created');
    const publish = named('publish deal.created');
    const deliver = named('deliver deal.created');
    const parents = [request, transaction, append, publish, deliver].map(({ parentSpanId }) => parentSpanId);
    expect(parents).toEqual([CALLER_SPAN, request.spanId, transaction.spanId, append.spanId, append.spanId]);
    expect([request.service, append.service, publish.service, deliver.service]).toEqual([
      'zakops-api',
      'zakops-api',
      'zakops-outbox-worker',
      'zakops-outbox-worker',
    ]);
    expect([request.kind, transaction.kind, append.kind, publish.kind, deliver.kind]).toEqual([
      'server',
      'client',
      'producer',
      'producer',
      'consumer',
    ]);
    expect(transaction.events.map(({ name }) => name)).toEqual(['commit']);
    expect(deliver.events.map(({ name }) => name)).toEqual(['handled']);
    expect(deliver.startMs).toBeGreaterThanOrEqual(publish.startMs);

    // The same ids in the answer, the event and the log.
    expect(answer.headers.get('traceparent')).toBe(`00-${traceId}-${request.spanId}-01`);
    const [event] = await database.query(`SELECT id::text, traceparent FROM zakops.events WHERE traceparent LIKE $1`, [`00-${traceId}%`]);
    expect(event?.['traceparent']).toBe(`00-${traceId}-${append.spanId}-01`);
    expect(deliver.attributes['messaging.message.id']).toBe(event?.['id']);
    const line = JSON.parse(await api.waitForLine(traceId)) as Record<string, unknown>;
    expect([line['trace_id'], line['span_id'], line['status']]).toEqual([traceId, request.spanId, 201]);
  });

  it('tells in the words of the semantic conventions, and no values, queries or bodies', async () => {
    const { named } = await tracedDeal(newTraceId());
    expect(named('POST /api/deals').attributes).toEqual({
      'http.request.method': 'POST',
      'http.route': '/api/deals',
      'http.response.status_code': 201,
      'url.path': '/api/deals',
      'url.scheme': 'http',
      'network.protocol.version': '1.1',
    });
    expect(named('transaction').attributes).toMatchObject({ 'db.system.name': 'postgresql', 'db.operation.name': 'transaction' });
    expect(named('deliver deal.created').attributes).toMatchObject({
      'messaging.system': 'zakops',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'zakops.events',
      'messaging.consumer.group.name': 'deal-activity',
      'zakops.delivery.attempt': 1,
    });
    await fetch(`${api.url}/api/deals?search=secret-word`, { headers: { traceparent: `00-${newTraceId()}-${CALLER_SPAN}-01` } });
    await collector.whenReceived('of the list', (span) => span.name === 'GET /api/deals');
    const list = collector.spans.find(({ name }) => name === 'GET /api/deals');
    const reads = collector.spans.filter(({ parentSpanId }) => parentSpanId === list?.spanId);
    expect(reads.map(({ name, kind }) => [name, kind])).toEqual([['SELECT actions deal_aliases deals', 'client']]);
    const everything = JSON.stringify(collector.spans);
    for (const told of ['secret-word', 'Never Told', 'dev@zakops.local', 'postgresql://']) expect(everything).not.toContain(told);
    expect(new Set(collector.headers.map((headers) => headers['x-key']))).toEqual(new Set(['a b']));
  });

  it('links each publishing step with the events in it', async () => {
    const { named } = await tracedDeal(newTraceId());
    const [link] = named('publish deal.created').links;
    const step = await collector.whenReceived('of the step', (span) => span.spanId === link?.spanId);
    expect([step.name, step.parentSpanId]).toEqual(['publish', undefined]);
    const { traceId, spanId } = named('append deal.created');
    expect(step.links).toContainEqual({ traceId, spanId });
  });

  it('begins with X-Trace-ID when the caller names one, also for a problem', async () => {
    const traceId = newTraceId();
    const answer = await fetch(`${api.url}/api/deals/DEAL-999999`, { headers: { 'x-trace-id': traceId } });
    expect([answer.status, ((await answer.json()) as { traceId: string }).traceId]).toEqual([404, traceId]);
    const span = await collector.whenReceived('of the problem', (received) => received.traceId === traceId && received.kind === 'server');
    expect([span.name, span.parentSpanId, span.failed]).toEqual(['GET /api/deals/:id', undefined, false]);
    expect(span.attributes).toMatchObject({ 'http.response.status_code': 404, 'http.route': '/api/deals/:id' });
  });

  it('is passed on and not recorded when the caller does not record it', async () => {
    const traceId = newTraceId();
    await openDeal({ traceparent: `00-${traceId}-${CALLER_SPAN}-00` });
    await tracedDeal(newTraceId());
    const [event] = await database.query(`SELECT traceparent FROM zakops.events WHERE traceparent LIKE $1`, [`00-${traceId}%`]);
    expect(event?.['traceparent']).toMatch(/-00$/);
    expect(collector.spans.filter((span) => span.traceId === traceId)).toEqual([]);
  });

  it('shows a delivery that failed, its retry and its death', async () => {
    await database.query(`ALTER TABLE zakops.deal_activity ADD CONSTRAINT broken CHECK (seq < 0) NOT VALID`);
    const traceId = newTraceId();
    await tracedDeal(traceId);
    const first = await collector.whenReceived(
      'of the failed attempt',
      (span) => span.traceId === traceId && span.name === 'deliver deal.created' && span.failed,
    );
    // A batch in which something fails is rolled back and tried again, carefully: that is a span of its own.
    await collector.whenReceived(
      'of the batch that was rolled back',
      (span) => span.traceId === traceId && span.events.some(({ name }) => name === 'rolled_back'),
    );
    expect([first.failed, first.attributes['error.type'], first.attributes['zakops.delivery.attempt']]).toEqual([
      true,
      'database_error',
      1,
    ]);
    expect(first.events).toEqual([{ name: 'retry_scheduled', attributes: { 'zakops.retry.delay_seconds': expect.any(Number) } }]);

    const event = [first.attributes['messaging.message.id']];
    await database.query(
      `UPDATE zakops.outbox_tickets SET attempts = 4, due_at = now() WHERE event_id = $1 AND consumer = 'deal-activity'`,
      event,
    );
    const last = await collector.whenReceived(
      'of the last attempt',
      (span) => span.traceId === traceId && span.attributes['zakops.delivery.attempt'] === 5 && span.failed,
    );
    expect([last.failed, last.parentSpanId]).toEqual([true, first.parentSpanId]);
    expect(last.events).toEqual([{ name: 'dead_lettered', attributes: { 'zakops.reason_code': 'database_error' } }]);
    await database.query(`ALTER TABLE zakops.deal_activity DROP CONSTRAINT broken`);
  });

  it('holds the beginning of a stream, and links what is written to streams', async () => {
    const traceId = newTraceId();
    const client = await SseClient.open(`${api.url}/api/events/stream`, { headers: { traceparent: `00-${traceId}-${CALLER_SPAN}-01` } });
    try {
      const opened = await collector.whenReceived('of the stream', (span) => span.traceId === traceId && span.kind === 'server');
      expect([opened.name, opened.attributes['http.response.status_code']]).toEqual(['GET /api/events/stream', 200]);
      const { named } = await tracedDeal(newTraceId());
      const append = named('append deal.created');
      const fanOut = await collector.whenReceived(
        'of the fan-out',
        (span) => span.name === 'fan out' && span.links.some(({ spanId }) => spanId === append.spanId),
      );
      expect(fanOut.attributes['zakops.sse.frames']).toBe(1);
    } finally {
      client.close();
    }
  });

  it('is not begun by probes, nor by what the processes do for themselves', async () => {
    await fetch(`${api.url}/api/health/ready`);
    await tracedDeal(newTraceId());
    const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === undefined);
    expect([...new Set(roots.map(({ name }) => name.split(' /')[0]))].sort()).toEqual(['GET', 'fan out', 'publish']);
    expect(collector.spans.filter(({ attributes }) => String(attributes['url.path']).includes('health'))).toEqual([]);
  });
});

describe('the sampler', () => {
  let database: TestDatabase;
  let collector: OtlpCollector;
  beforeAll(async () => {
    [database, collector] = await Promise.all([createTestDatabase(), OtlpCollector.start()]);
  });
  afterAll(async () => {
    await collector.close();
    await database.drop();
  });

  it.each([
    ['parentbased_traceidratio', 1],
    ['traceidratio', 0],
  ])('%s with a ratio of 0 leaves out what nobody records', async (sampler, recordedOfCaller) => {
    const api = await spawnApi(database.url, {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
      OTEL_TRACES_SAMPLER: sampler,
      OTEL_TRACES_SAMPLER_ARG: '0',
      OTEL_SERVICE_NAME: sampler,
    });
    const open = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${api.url}/api/deals`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ canonical_name: 'Acme' }),
      });
    const own = await open({});
    const ofCaller = await open({ traceparent: `00-${newTraceId()}-${CALLER_SPAN}-01` });
    await api.stop();

    const flags = [own, ofCaller].map(({ headers }) => headers.get('traceparent')?.slice(-2));
    expect(flags).toEqual(['00', recordedOfCaller === 1 ? '01' : '00']);
    for (const [n, { headers }] of [own, ofCaller].entries()) {
      const [event] = await database.query(`SELECT right(traceparent, 2) AS flags FROM zakops.events WHERE traceparent LIKE $1`, [
        `00-${String(headers.get('x-trace-id'))}%`,
      ]);
      expect(event?.['flags']).toBe(flags[n]);
    }
    const requests = collector.spans.filter((span) => span.service === sampler && span.kind === 'server');
    expect(requests).toHaveLength(recordedOfCaller);
  });
});

describe('a collector in trouble', () => {
  let database: TestDatabase;
  let collector: OtlpCollector;
  beforeAll(async () => {
    [database, collector] = await Promise.all([createTestDatabase(), OtlpCollector.start()]);
  });
  afterAll(async () => {
    await collector.close();
    await database.drop();
  });

  async function load(url: string, requests: number): Promise<number> {
    let answered = 0;
    const one = async (): Promise<void> => {
      while (answered < requests) {
        answered += 1;
        const { status } = await fetch(`${url}/api/deals`);
        expect(status).toBe(200);
      }
    };
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 8 }, one));
    return performance.now() - startedAt;
  }

  it('that never answers costs no request and a bounded memory, is logged once, and holds up the stop by 2 s at most', async () => {
    collector.mood = 'hangs';
    const api = await spawnApi(database.url, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    // Two spans each, more than the queue holds.
    await load(api.url, 1_500);
    await waitFor('an export that hangs', () => collector.headers.length === 1);
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    const lost = Number(/^zakops_tracing_spans_lost_total(?:\{[^}]*\})? (\d+)$/m.exec(metrics)?.[1]);
    expect(lost).toBeGreaterThan(500);
    expect(api.lines.filter((line) => line.includes('Spans were lost'))).toHaveLength(1);
    const startedAt = performance.now();
    expect(await api.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    const [, atTheEnd] = api.lines.filter((line) => line.includes('Spans were lost')).map((line) => JSON.parse(line) as object);
    expect(atTheEnd).toMatchObject({ level: 'warn', context: 'Tracing', reason: 'the process stopped' });
  });

  it.each([['refuses'], ['is away']])('that %s costs no request', async (trouble) => {
    collector.mood = 'refuses';
    const endpoint = trouble === 'refuses' ? collector.url : 'http://127.0.0.1:1';
    const api = await spawnApi(database.url, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TIMEOUT: '500' });
    await load(api.url, 50);
    const line = await api.waitForLine('Spans were lost');
    expect(JSON.parse(line)).toMatchObject({ level: 'warn', reason: trouble === 'refuses' ? 'status 400' : 'ECONNREFUSED' });
    expect(await api.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('without a collector', () => {
  const NODE_OPTIONS = `--import=${process.cwd()}/libs/tracing/test/loaded-modules.mjs`;
  const loaded = ({ lines }: SpawnedApp): string[] => lines.filter((line) => line.startsWith('loaded '));
  let database: TestDatabase;
  let collector: OtlpCollector;
  beforeAll(async () => {
    [database, collector] = await Promise.all([createTestDatabase(), OtlpCollector.start()]);
  });
  afterAll(async () => {
    await collector.close();
    await database.drop();
  });

  it('nothing of OpenTelemetry is loaded', async () => {
    const off = [
      await spawnApi(database.url, { NODE_OPTIONS }),
      await spawnApi(database.url, { NODE_OPTIONS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SDK_DISABLED: 'true' }),
      await spawnWorker(database.url, { NODE_OPTIONS }),
    ];
    const on = await spawnApi(database.url, { NODE_OPTIONS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    await Promise.all([...off, on].map((app) => app.stop()));
    expect(off.flatMap(loaded)).toEqual([]);
    // The probe sees them where they are.
    expect(loaded(on).length).toBeGreaterThan(10);
  });
});
