import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { EventConsumer } from '#zakops/outbox';
import type { Delivery, SingleEventConsumer } from '#zakops/outbox';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { Answer, OperationsApi } from '../../../apps/api/test/operations-harness.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const OUTBOX = '/api/admin/outbox';
const NOWHERE = '01a20766-1903-7000-b53a-f1a67f726fc3';

interface Pause {
  readonly id: string;
  readonly ends_at: string;
  readonly [field: string]: unknown;
}

const seen: number[] = [];

@EventConsumer({ name: 'mailer', events: ['deal.*'] })
@Injectable()
class Mailer implements SingleEventConsumer {
  handle({ event }: Delivery): Promise<void> {
    seen.push(event.position);
    return Promise.resolve();
  }
}

describe(OUTBOX, () => {
  let bed: OutboxTestbed;
  let api: OperationsApi;
  let worker: OutboxProcess;

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    api = await startOperationsApi(bed.database.url);
    worker = await bed.start({ relay: true, providers: [Mailer], env: { OUTBOX_POLL_INTERVAL: '0.05' } });
    await waitFor('the consumer', async () => (await pause({ scope: 'consumer', consumer: 'mailer', reason: 'a look' })).status === 201);
    await resume({ scope: 'consumer', consumer: 'mailer' });
  });
  afterAll(async () => {
    await api.close();
    await bed.dispose();
  });
  beforeEach(() => bed.database.query('TRUNCATE zakops.delivery_pauses'));

  const pause = (body: unknown): Promise<Answer<Pause>> => api.post(`${OUTBOX}/pause`, body);
  const resume = (body: unknown): Promise<Answer<Pause>> => api.post(`${OUTBOX}/resume`, body);
  const changeEnd = (id: string, body: unknown): Promise<Answer<Pause>> => api.post(`${OUTBOX}/pauses/${id}/end`, body);
  const outcome = ({ status, body }: Answer): unknown[] => [
    status,
    body['code'],
    (body['errors'] as { pointer: string }[] | undefined)?.map(({ pointer }) => pointer),
  ];
  const minutesAhead = ({ ends_at }: Pause): number => Math.round((new Date(ends_at).getTime() - Date.now()) / 60_000);

  it('pauses for an hour, shows it wherever one looks, and resumes', async () => {
    const { status, body: begun } = await pause({ scope: 'consumer', consumer: 'mailer', reason: 'The mail server is away.' });
    expect([status, begun]).toEqual([
      201,
      {
        id: begun.id,
        scope: 'consumer',
        consumer: 'mailer',
        event_type: null,
        aggregate_type: null,
        aggregate_id: null,
        reason: 'The mail server is away.',
        paused_by: expect.stringMatching(/^user:/) as unknown,
        started_at: expect.stringMatching(/Z$/) as unknown,
        ends_at: begun.ends_at,
        resumed_at: null,
        resumed_by: null,
        in_force: true,
      },
    ]);
    expect(minutesAhead(begun)).toBe(60);
    await worker.append(bed.event(1));

    const header = await waitFor(
      'the header',
      async () => (await api.get(`${OUTBOX}/consumers`)).headers.get('x-delivery-paused') ?? undefined,
    );
    expect(header).toBe(`consumer;name="mailer";until="${begun.ends_at}"`);
    expect((await api.get('/api/version')).headers.get('x-delivery-paused')).toBeNull();
    const stats = (await api.get(`${OUTBOX}/stats`)).body;
    expect(stats).toMatchObject({ healthy: false, pauses: [begun] });
    expect(stats['summary']).toMatch(/^Deliveries to mailer are paused until \d\d:\d\d:\d\d UTC by user:\S+: The mail server is away\.$/);
    const health = (await api.get<{ components: Record<string, unknown> }>('/api/admin/system/health')).body;
    expect(health.components['outbox']).toMatchObject({ state: 'degraded', reason: stats['summary'] });
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toContain('zakops_outbox_pauses{scope="consumer"} 1');
    expect((await api.get(`${OUTBOX}/pauses`)).body).toEqual({ pauses: [{ ...begun, held_tickets: 0 }], limit: 50, next_cursor: null });

    const before = seen.length;
    const ended = await resume({ pause_id: begun.id, reason: 'It is back.' });
    expect([ended.status, ended.body]).toMatchObject([200, { id: begun.id, in_force: false, resumed_by: begun['paused_by'] }]);
    await waitFor('the delivery', () => seen.length === before + 1);
    await waitFor('no header', async () => (await api.get(`${OUTBOX}/consumers`)).headers.get('x-delivery-paused') === null);
    expect(
      await bed.database.query(`SELECT action, details ->> 'reason' AS reason FROM zakops.audit_log WHERE resource_id = $1 ORDER BY id`, [
        begun.id,
      ]),
    ).toEqual([
      { action: 'deliveries.paused', reason: 'The mail server is away.' },
      { action: 'deliveries.resumed', reason: 'It is back.' },
    ]);
  });

  it('takes another end, and refuses one that is past or too far', async () => {
    const { body: begun } = await pause({ scope: 'event_type', event_type: 'deal.*', minutes: 10, reason: 'a bad release' });
    const longer = await changeEnd(begun.id, { minutes: 1_440 });
    expect([longer.status, minutesAhead(longer.body)]).toEqual([200, 1_440]);
    const until = new Date(Date.now() + 300_000).toISOString();
    expect((await changeEnd(begun.id, { until })).body.ends_at).toBe(until);
    for (const far of ['2020-01-01T00:00:00Z', new Date(Date.now() + 86_500_000).toISOString()]) {
      expect(outcome(await changeEnd(begun.id, { until: far }))).toEqual([400, 'VALIDATION_ERROR', ['/until']]);
      expect(outcome(await pause({ scope: 'all', until: far, reason: 'x' }))).toEqual([400, 'VALIDATION_ERROR', ['/until']]);
    }
    expect(outcome(await changeEnd(begun.id, {}))).toEqual([400, 'VALIDATION_ERROR', ['/minutes']]);
    expect(outcome(await changeEnd(NOWHERE, { minutes: 5 }))).toEqual([404, 'NOT_FOUND', undefined]);
    await resume({ pause_id: begun.id });
    expect(outcome(await changeEnd(begun.id, { minutes: 5 }))).toEqual([409, 'PAUSE_OVER', undefined]);
    expect(outcome(await resume({ pause_id: begun.id }))).toEqual([409, 'PAUSE_OVER', undefined]);
  });

  it.each<[string, object, unknown[]]>([
    ['no reason', { scope: 'all' }, [400, 'VALIDATION_ERROR', ['/reason']]],
    [
      'a member that is missing',
      { scope: 'aggregate', aggregate_id: 'DEAL-000001', reason: 'x' },
      [400, 'VALIDATION_ERROR', ['/aggregate_type']],
    ],
    ['a member of another scope', { scope: 'all', consumer: 'mailer', reason: 'x' }, [400, 'VALIDATION_ERROR', ['/consumer']]],
    ['two ends', { scope: 'all', minutes: 5, until: '2030-01-01T00:00:00Z', reason: 'x' }, [400, 'VALIDATION_ERROR', ['/until']]],
    ['more than a day', { scope: 'all', minutes: 1_441, reason: 'x' }, [400, 'VALIDATION_ERROR', ['/minutes']]],
    [
      'a type that nothing has',
      { scope: 'event_type', event_type: 'deal.no_such', reason: 'x' },
      [400, 'VALIDATION_ERROR', ['/event_type']],
    ],
    [
      'every type, which has a scope of its own',
      { scope: 'event_type', event_type: '*', reason: 'x' },
      [400, 'VALIDATION_ERROR', ['/event_type']],
    ],
    ['a consumer that is not there', { scope: 'consumer', consumer: 'no-such', reason: 'x' }, [404, 'NOT_FOUND', undefined]],
  ])('refuses %s', async (_what, body, expected) => {
    expect(outcome(await pause(body))).toEqual(expected);
    expect(await bed.database.query('SELECT 1 FROM zakops.delivery_pauses')).toEqual([]);
  });

  it('makes one pause when two operators pause the same at once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => pause({ scope: 'all', reason: 'at once' })));
    expect(all.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
    expect(all.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'ALREADY_PAUSED',
      pause_id: all.find(({ status }) => status === 201)?.body.id,
    });
    expect(outcome(await resume({ scope: 'consumer', consumer: 'mailer' }))).toEqual([404, 'NOT_FOUND', undefined]);
    expect((await resume({ scope: 'all' })).status).toBe(200);
  });

  it('lists pauses page by page, those that are over among them', async () => {
    for (const deal of ['1', '2', '3']) {
      await pause({ scope: 'aggregate', aggregate_type: 'deal', aggregate_id: `DEAL-00000${deal}`, reason: 'x' });
    }
    await resume({ scope: 'aggregate', aggregate_type: 'deal', aggregate_id: 'DEAL-000002' });
    const walk = async (state: string): Promise<unknown[]> => {
      const ids: unknown[] = [];
      for (let cursor: string | null = '', n = 0; cursor !== null && n < 10; n += 1) {
        const query: string = `state=${state}&limit=1${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
        const { body }: Answer<{ pauses: Pause[]; next_cursor: string | null }> = await api.get<{
          pauses: Pause[];
          next_cursor: string | null;
        }>(`${OUTBOX}/pauses?${query}`);
        ids.push(...body.pauses.map(({ aggregate_id }) => aggregate_id));
        cursor = body.next_cursor;
      }
      return ids;
    };
    expect(await walk('in_force')).toEqual(['DEAL-000003', 'DEAL-000001']);
    expect(await walk('over')).toEqual(['DEAL-000002']);
    expect(await walk('all')).toEqual(['DEAL-000003', 'DEAL-000002', 'DEAL-000001']);
  });
});
