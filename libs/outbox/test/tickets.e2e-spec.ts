import { Transaction } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import { startOperationsApi } from '../../../apps/api/test/operations-harness.js';
import type { OperationsApi } from '../../../apps/api/test/operations-harness.js';
import { writeTicket } from '../../../apps/api/test/tickets.builder.js';
import type { TicketFields, WrittenTicket } from '../../../apps/api/test/tickets.builder.js';
import { EventConsumer } from '../src/index.js';
import type { Delivery, SingleEventConsumer } from '../src/index.js';
import { gate } from './gate.js';
import type { Gate } from './gate.js';
import { OutboxTestbed } from './outbox-testbed.js';
import type { OutboxProcess } from './outbox-testbed.js';

const PATH = '/api/admin/outbox/tickets';
const NOWHERE = '00000000-0000-4000-8000-000000000000';

interface Ticket extends Record<string, unknown> {
  readonly id: string;
  readonly status: string;
  readonly due_at: string | null;
  readonly waits_for: { readonly kind: string; readonly id: string; readonly text: string } | null;
}

interface Page {
  readonly tickets: readonly Ticket[];
  readonly next_cursor: string | null;
}

/** Fails while it is told to; can be held in the middle of a delivery. */
@EventConsumer({ name: 'moody', events: ['deal.*'] })
@Injectable()
class Moody implements SingleEventConsumer {
  readonly taken: string[] = [];
  fails = true;
  holds: Gate | undefined;
  entered: Gate | undefined;

  async handle({ event }: Delivery, tx: Transaction): Promise<void> {
    await tx.query('SELECT 1');
    this.entered?.open();
    await this.holds?.passed;
    if (this.fails) throw new Error('Not in the mood.');
    this.taken.push(`${event.aggregateId}/${String(event.aggregateSeq)}`);
  }
}

describe('/api/admin/outbox/tickets', () => {
  let bed: OutboxTestbed;
  let api: OperationsApi;
  /** By the clock of the database: the audit log keeps what earlier tests did. */
  let begunAt: string;

  beforeAll(async () => {
    bed = await OutboxTestbed.create();
    api = await startOperationsApi(bed.database.url);
  });

  beforeEach(async () => {
    for (const table of [
      'events',
      'event_log',
      'outbox_waiting',
      'outbox_tickets',
      'consumer_progress',
      'idempotency_keys',
      'delivery_pauses',
    ])
      await bed.database.query(`TRUNCATE zakops.${table}`);
    await bed.database.query('UPDATE zakops.event_log_head SET position = 0');
    const [row] = await bed.database.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
    begunAt = row?.now ?? '';
  });

  afterAll(async () => {
    await api.close();
    await bed.dispose();
  });

  const list = async (query = ''): Promise<Page> => {
    const answer = await api.get<Page>(`${PATH}${query}`);
    expect([answer.status, answer.body]).toMatchObject([200, {}]);
    return answer.body;
  };

  const idsOf = ({ tickets }: Page): readonly string[] => tickets.map(({ id }) => id);

  const ticket = (facts: TicketFields): Promise<WrittenTicket> =>
    writeTicket(bed.database, { ...(facts.status === 'pending' ? { dueAgo: null, reasonCode: null, error: null } : {}), ...facts });

  const failed = (aggregateId: string, facts: TicketFields = {}): Promise<WrittenTicket> =>
    ticket({ status: 'failed', attempts: 2, dueAgo: '-4 minutes', aggregateId, ...facts });

  const behind = (aggregateId: string, facts: TicketFields = {}): Promise<WrittenTicket> =>
    ticket({ status: 'pending', aggregateId, ...facts });

  const audited = (): Promise<readonly Record<string, unknown>[]> =>
    bed.database.query(
      `SELECT action, resource_id, details FROM zakops.audit_log WHERE action LIKE 'ticket%' AND occurred_at > $1::timestamptz ORDER BY occurred_at`,
      [begunAt],
    );

  describe('the list', () => {
    it('shows what fails, why, when it is tried next, and what stands behind it', async () => {
      const first = await failed('DEAL-000001', { error: 'It broke.', reasonCode: 'timeout' });
      const second = await behind('DEAL-000001');
      await ticket({ status: 'dead' });
      await ticket({ status: 'delivered' });
      const { tickets } = await list();
      const moment = expect.stringMatching(/^\d{4}-.*Z$/) as unknown;
      expect(tickets).toEqual([
        {
          id: first.entryId,
          event_id: first.eventId,
          event_type: 'deal.updated',
          consumer: 'mailer',
          aggregate_type: 'deal',
          aggregate_id: 'DEAL-000001',
          correlation_id: 'DEAL-000001',
          position: 1,
          status: 'failed',
          attempts: 2,
          max_attempts: 5,
          replay_count: 0,
          due_at: moment,
          first_failed_at: moment,
          last_attempt_at: moment,
          reason_code: 'timeout',
          last_error: 'It broke.',
          fingerprint: expect.stringMatching(/^fp\d:[0-9a-f]{16}$/) as unknown,
          waits_for: null,
        },
        expect.objectContaining({
          id: second.entryId,
          status: 'pending',
          due_at: null,
          waits_for: {
            kind: 'ticket',
            id: first.entryId,
            text: `It stands behind ticket ${first.entryId}, which failed, and whose next try is due ${String(tickets[0]?.due_at)}.`,
          },
        }),
      ]);
    });

    it('says of a ticket behind a dead one what it waits for, where the consumer blocks', async () => {
      const dead = await ticket({ status: 'dead', aggregateId: 'DEAL-000001' });
      await behind('DEAL-000001');
      expect((await list()).tickets[0]?.waits_for).toBeNull();
      await bed.database.query(`UPDATE zakops.consumer_progress SET blocking_types = '^(?:.*)$'`);
      expect((await list()).tickets[0]?.waits_for).toMatchObject({ id: dead.entryId, text: expect.stringContaining('is dead and blocks') });
      expect(idsOf(await list(`?waits_for=${dead.entryId}`))).toHaveLength(1);
    });

    it.each([
      ['all deliveries', { scope: 'all' }],
      ['a consumer', { scope: 'consumer', consumer: 'mailer' }],
      ['an event type', { scope: 'event_type', event_type: 'deal.updated', pattern: '^deal\\.updated$' }],
      ['an aggregate', { scope: 'aggregate', aggregate_type: 'deal', aggregate_id: 'DEAL-000001' }],
    ])('names the pause of %s that a ticket stands behind, and tries none of them', async (_what, target) => {
      const [first, second] = [await failed('DEAL-000001'), await behind('DEAL-000001')];
      const [pause] = await bed.database.query<{ id: string; ends_at: Date }>(
        `INSERT INTO zakops.delivery_pauses (id, scope, consumer, event_type, pattern, aggregate_type, aggregate_id, stream, reason, paused_by, ends_at)
         SELECT gen_random_uuid(), scope, consumer, event_type, pattern, aggregate_type, aggregate_id,
                zakops.stream_of(aggregate_type, aggregate_id), 'a repair', 'system:test', now() + interval '10 minutes'
           FROM jsonb_populate_record(NULL::zakops.delivery_pauses, $1::jsonb)
         RETURNING id, ends_at`,
        [JSON.stringify(target)],
      );
      const id = String(pause?.id);
      expect((await list()).tickets.map(({ waits_for: waitsFor }) => waitsFor)).toEqual([
        { kind: 'pause', id, text: `It stands behind pause ${id}, which ends ${String(pause?.ends_at.toISOString())}.` },
        expect.objectContaining({ kind: 'ticket', id: first.entryId }),
      ]);
      expect(idsOf(await list(`?waits_for=${id}`))).toEqual([first.entryId]);
      const one = await api.post(`${PATH}/${first.entryId}/try-now`);
      expect([one.status, one.body]).toMatchObject([409, { code: 'TICKET_WAITS', waits_for: { kind: 'pause', id } }]);
      expect((await api.post(`${PATH}/try-now`)).body).toEqual({ status: 'due', count: 0, remaining: 1 });
      await bed.database.query('UPDATE zakops.delivery_pauses SET resumed_at = now()');
      expect((await list()).tickets.map(({ waits_for: waitsFor }) => waitsFor?.id)).toEqual([undefined, first.entryId]);
      expect((await api.post(`${PATH}/try-now`)).body).toEqual({ status: 'due', count: 1, remaining: 0 });
      expect(second.position).toBe(2);
    });

    it('narrows by state, consumer, type, aggregate, fingerprint and what they stand behind', async () => {
      const one = await failed('DEAL-000001');
      const two = await behind('DEAL-000001');
      const three = await behind('DEAL-000001', { eventType: 'deal.archived' });
      const other = await failed('DEAL-000002', { consumer: 'crm', error: 'Another error.' });
      const ids = [one, two, three, other].map(({ entryId }) => entryId);
      const [fingerprint] = (await list('?consumer=crm')).tickets.map((found) => String(found['fingerprint']));
      const expected: readonly (readonly [string, readonly (string | undefined)[]])[] = [
        ['', ids],
        ['?status=failed', [ids[0], ids[3]]],
        ['?status=processing', []],
        ['?consumer=mailer', ids.slice(0, 3)],
        ['?consumer=no-such', []],
        ['?event_type=deal.archived', [ids[2]]],
        ['?aggregate_id=DEAL-000002', [ids[3]]],
        [`?fingerprint=${String(fingerprint)}`, [ids[3]]],
        [`?waits_for=${one.entryId}`, [ids[1], ids[2]]],
        [`?waits_for=${one.entryId}&aggregate_id=DEAL-000002`, []],
        [`?waits_for=${one.entryId}&status=pending&event_type=deal.archived&aggregate_id=DEAL-000001`, [ids[2]]],
        // The second one waits itself: nothing stands behind it but in its company.
        [`?waits_for=${two.entryId}`, []],
        [`?waits_for=${NOWHERE}`, []],
      ];
      for (const [query, of] of expected) expect([query, idsOf(await list(query))]).toEqual([query, of]);
    });

    it('is walked by a cursor that misses and repeats nothing, and is refused by other filters', async () => {
      for (let n = 0; n < 4; n += 1) await failed(`DEAL-00000${String(n)}`);
      // The same event for another consumer has the same position.
      await bed.database.query(
        `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, first_failed_at, last_attempt_at)
         SELECT event_id, 'crm', ordinal, event_type, stream, status, attempts, due_at, first_failed_at, last_attempt_at FROM zakops.outbox_tickets`,
      );
      await bed.database.query(`INSERT INTO zakops.consumer_progress (consumer, state) VALUES ('crm', 'active')`);
      const all = idsOf(await list());
      expect(all).toHaveLength(8);
      const walked: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const answer: Awaited<ReturnType<typeof api.get<Page>>> = await api.get<Page>(
          `${PATH}?limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`,
        );
        walked.push(...idsOf(answer.body));
        cursor = answer.body.next_cursor;
        expect(answer.headers.get('x-next-cursor')).toBe(cursor);
        expect(answer.headers.get('link') ?? 'none').toContain(cursor === null ? 'none' : `cursor=${cursor}`);
      }
      expect(walked).toEqual(all);
      const { next_cursor: other } = await list('?limit=3');
      const refused = await api.get(`${PATH}?limit=3&status=failed&cursor=${String(other)}`);
      expect([refused.status, refused.body]).toMatchObject([400, { code: 'VALIDATION_ERROR', errors: [{ pointer: 'cursor' }] }]);
    });

    it.each([
      ['status=dead', 'status'],
      ['waits_for=7', 'waits_for'],
      ['limit=201', 'limit'],
      ['colour=red', 'colour'],
      [`consumer=${'x'.repeat(201)}`, 'consumer'],
    ])('refuses %.30s and names it', async (query, pointer) => {
      const answer = await api.get(`${PATH}?${query}`);
      expect([answer.status, answer.body]).toMatchObject([400, { code: 'VALIDATION_ERROR', errors: [{ pointer }] }]);
    });
  });

  describe('try-now', () => {
    it('refuses what stands behind another ticket and names that, and what is dead, done or unknown', async () => {
      const first = await failed('DEAL-000001');
      const second = await behind('DEAL-000001');
      const [dead, done] = [await ticket({ status: 'dead' }), await ticket({ status: 'delivered' })];
      const waits = await api.post(`${PATH}/${second.entryId}/try-now`, { reason: 'now' });
      expect([waits.status, waits.body]).toMatchObject([
        409,
        { code: 'TICKET_WAITS', ticket_id: second.entryId, waits_for: { kind: 'ticket', id: first.entryId } },
      ]);
      expect(waits.body['detail']).toContain(`It stands behind ticket ${first.entryId}, which failed, and whose next try is due `);
      const isDead = await api.post(`${PATH}/${dead.entryId}/try-now`);
      expect([isDead.status, isDead.body]).toMatchObject([
        409,
        { code: 'CONFLICT', detail: `Ticket ${dead.entryId} is dead: retry it with POST /api/admin/dlq/${dead.entryId}/retry.` },
      ]);
      for (const id of [done.entryId, NOWHERE]) {
        const missing = await api.post(`${PATH}/${id}/try-now`);
        expect([missing.status, missing.body]).toMatchObject([404, { code: 'NOT_FOUND', ticket_id: id }]);
      }
      expect(await audited()).toEqual([]);
    });

    it('makes a failed one due, once, and writes down who wanted it', async () => {
      const { entryId: id, eventId } = await failed('DEAL-000001');
      const first = await api.post(`${PATH}/${id}/try-now`, { reason: 'The table is back.' });
      expect([first.status, first.body]).toMatchObject([200, { status: 'due', ticket_id: id, consumer: 'mailer' }]);
      const second = await api.post(`${PATH}/${id}/try-now`);
      expect([second.status, second.body]).toEqual([200, first.body]);
      expect(await audited()).toEqual([
        {
          action: 'ticket.tried_now',
          resource_id: id,
          details: { reason: 'The table is back.', consumer: 'mailer', event_id: eventId, event_type: 'deal.updated', attempts: 2 },
        },
      ]);
      expect((await list()).tickets).toMatchObject([{ id, status: 'failed', attempts: 2, due_at: first.body['due_at'] }]);
    });

    it('makes one due that a pause has put off which is over', async () => {
      const { entryId: id } = await ticket({ status: 'pending', dueAgo: '-40 minutes', aggregateId: 'DEAL-000001' });
      const answer = await api.post(`${PATH}/${id}/try-now`);
      expect([answer.status, Date.parse(String(answer.body['due_at'])) < Date.now() + 60_000]).toEqual([200, true]);
      expect(await audited()).toMatchObject([{ action: 'ticket.tried_now', resource_id: id }]);
    });

    it('makes all due that fit, but what another session holds and what stands behind another one', async () => {
      const [held, free] = [await failed('DEAL-000001'), await failed('DEAL-000002')];
      await failed('DEAL-000003', { consumer: 'crm' });
      const first = await behind('DEAL-000004');
      const second = await failed('DEAL-000004');
      const holder = await bed.database.connect();
      try {
        await holder.query('BEGIN');
        await holder.query('SELECT FROM zakops.outbox_tickets WHERE event_id = $1 FOR UPDATE', [held.eventId]);
        const one = await api.post(`${PATH}/${held.entryId}/try-now`);
        expect([one.status, one.body]).toMatchObject([409, { code: 'CONFLICT', current_status: 'processing' }]);
        const many = await api.post(`${PATH}/try-now?consumer=mailer`, { reason: 'mended' });
        expect([many.status, many.body]).toEqual([200, { status: 'due', count: 1, remaining: 2 }]);
      } finally {
        await holder.query('ROLLBACK');
        await holder.end();
      }
      const due = (await list()).tickets.filter(({ due_at: at }) => at !== null && Date.parse(at) < Date.now() + 60_000);
      expect(due.map(({ id }) => id)).toEqual([free.entryId]);
      expect((await list(`?waits_for=${first.entryId}`)).tickets.map(({ id }) => id)).toEqual([second.entryId]);
      expect(await audited()).toMatchObject([
        { action: 'tickets.tried_now', details: { reason: 'mended', filter: { consumer: 'mailer' }, count: 1 } },
      ]);
    });

    it('walks thousands in portions, each with its audit entry, and a repeated call with the key does nothing more', async () => {
      await bed.database.query(
        `INSERT INTO zakops.outbox_tickets (event_id, consumer, ordinal, event_type, stream, status, attempts, due_at, first_failed_at, last_attempt_at)
         SELECT gen_random_uuid(), 'mailer', n, 'deal.updated', n, 'failed', 1, now() + interval '4 minutes', now(), now() FROM generate_series(1, 6000) n`,
      );
      await bed.database.query(`INSERT INTO zakops.consumer_progress (consumer, state) VALUES ('mailer', 'active')`);
      const call = async (): Promise<unknown> =>
        (await fetch(`${api.url}${PATH}/try-now`, { method: 'POST', headers: { 'idempotency-key': 'one-call' } })).json();
      expect(await call()).toEqual({ status: 'due', count: 6_000, remaining: 0 });
      await bed.database.query(`UPDATE zakops.outbox_tickets SET due_at = now() + interval '4 minutes' WHERE ordinal = 1`);
      expect(await call()).toEqual({ status: 'due', count: 6_000, remaining: 0 });
      expect((await audited()).map(({ details }) => (details as { count: number }).count)).toEqual([2_500, 2_500, 1_000]);
    });
  });

  describe('beside a worker', () => {
    let worker: OutboxProcess;
    let moody: Moody;

    beforeEach(async () => {
      worker = await bed.start({ relay: true, providers: [Moody], env: { OUTBOX_POLL_INTERVAL: '0.1' } });
      moody = worker.get(Moody);
    });
    afterEach(() => worker.close());

    it('has a failed delivery tried at once, and those behind it in their order', async () => {
      await worker.append(bed.event(1), bed.event(1), bed.event(1), bed.event(2));
      await waitFor('two failures', async () => (await list('?status=failed')).tickets.length === 2);
      expect((await list()).tickets).toHaveLength(4);
      moody.fails = false;
      const startedAt = performance.now();
      const answer = await api.post(`${PATH}/try-now?aggregate_id=${String((await list()).tickets[0]?.['aggregate_id'])}`);
      expect([answer.status, answer.body]).toEqual([200, { status: 'due', count: 1, remaining: 0 }]);
      await waitFor('the deliveries of deal 1', () => moody.taken.length === 3);
      // The second attempt would come 4 s after the first one at the earliest.
      expect(performance.now() - startedAt).toBeLessThan(3_000);
      expect(moody.taken.map((name) => name.split('/')[0])).toEqual(['DEAL-000001', 'DEAL-000001', 'DEAL-000001']);
      expect(moody.taken).toEqual([...moody.taken].sort());
    });

    it('leaves a delivery alone that the worker has in hand', async () => {
      await worker.append(bed.event(3));
      await waitFor('a failure', async () => (await list('?status=failed')).tickets.length === 1);
      const [{ id } = { id: '' }] = (await list()).tickets;
      [moody.fails, moody.holds, moody.entered] = [false, gate(), gate()];
      expect((await api.post(`${PATH}/${id}/try-now`)).status).toBe(200);
      await moody.entered.passed;
      const refused = await api.post(`${PATH}/${id}/try-now`);
      expect([refused.status, refused.body]).toMatchObject([409, { code: 'CONFLICT', current_status: 'processing' }]);
      moody.holds.open();
      await waitFor('the delivery', async () => (await list()).tickets.length === 0);
      expect(moody.taken).toHaveLength(1);
      expect(await bed.database.query('SELECT status, attempts FROM zakops.outbox_tickets')).toEqual([
        { status: 'delivered', attempts: 2 },
      ]);
    });
  });
});
