import { makeEvent } from '#zakops/contracts';
import type { CatalogueEvent } from '#zakops/contracts';
import { UnitOfWork } from '#zakops/database';
import type { Transaction } from '#zakops/database';
import { DiscardDeadLetter, DlqModule } from '#zakops/dlq';
import { uuidV7 } from '#zakops/kernel';
import { newCall, runInCall } from '#zakops/observability';
import { EventConsumer, Outbox, OutboxConfig, OutboxModule, OutboxRelayModule, PermanentDeliveryError } from '#zakops/outbox';
import type { Delivery, SingleEventConsumer } from '#zakops/outbox';
import { ProcessesModule } from '#zakops/processes';
import { createTestDatabase, startModules, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, CqrsModule, QueryBus } from '@nestjs/cqrs';
import { PauseWatch } from '../../outbox/src/pauses/pause-watch.js';
import { ExplainEvent, ExplainModule, toExplanationResponse } from '../src/index.js';
import type { ExplanationResponse } from '../src/index.js';

const FAILING = new Set<string>();
const REFUSED = new Set<string>();

@EventConsumer({ name: 'picky', events: ['deal.updated'] })
@Injectable()
class Picky implements SingleEventConsumer {
  handle({ event }: Delivery): Promise<void> {
    if (REFUSED.has(event.id)) throw new PermanentDeliveryError('refused', 'never');
    if (FAILING.has(event.id)) throw new Error('not now');
    return Promise.resolve();
  }
}

@EventConsumer({ name: 'people', events: ['operator.*'] })
@Injectable()
class People implements SingleEventConsumer {
  handle(_: Delivery, tx: Transaction): Promise<void> {
    return tx.query('SELECT 1').then(() => undefined);
  }
}

describe(ExplainEvent.name, () => {
  let database: TestDatabase;
  let writer: INestApplicationContext;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    database = await createTestDatabase();
    const common = [ProcessesModule.forRoot('outbox-worker'), CqrsModule.forRoot(), OutboxModule, DlqModule, ExplainModule];
    writer = await startModules(database.url, { settings: [OutboxConfig], imports: common });
  });

  afterAll(async () => {
    await Promise.all([writer, worker].map((app) => app.close()));
    await database.drop();
  });

  const event = (deal: string, seq: number): CatalogueEvent<'deal.updated'> =>
    makeEvent('deal.updated', uuidV7(), deal, seq, {
      deal_id: deal,
      changes: [{ field: 'display_name', old_value: seq - 1, new_value: seq }],
    });

  const append = (...events: readonly CatalogueEvent[]): Promise<void> =>
    runInCall(newCall({ type: 'user', id: 'ann@example.com' }), () =>
      writer.get(UnitOfWork).run((tx) => {
        writer.get(Outbox, { strict: false }).append(tx, events);
        return Promise.resolve();
      }),
    );

  const explain = async (id: string): Promise<ExplanationResponse> =>
    toExplanationResponse(await writer.get(QueryBus).execute(new ExplainEvent(id)));

  const at = (explanation: ExplanationResponse, consumer: string): ExplanationResponse['deliveries'][number] | undefined =>
    explanation.deliveries.find((delivery) => delivery.consumer === consumer);

  /** The status that the operators' view of the outbox shows; undefined when there is no ticket. */
  const ticket = async (id: string): Promise<{ status: string; attempts: number; due_in: number | null } | undefined> => {
    const [row] = await database.query<{ status: string; attempts: number; due_in: number | null }>(
      `SELECT status, attempts, extract(epoch FROM due_at - now())::float8 AS due_in FROM zakops.outbox_tickets
        WHERE event_id = $1 AND consumer = 'picky'`,
      [id],
    );
    return row;
  };

  const until = (id: string, status: string): Promise<unknown> =>
    waitFor(`${id} to be ${status}`, async () => (await ticket(id))?.status === status);

  it('says that an event waits to be published, with and without a worker', async () => {
    const first = event('DEAL-000001', 1);
    await append(first);
    const before = await explain(first.id);
    expect(await database.query('SELECT FROM zakops.outbox_waiting WHERE event_id = $1', [first.id])).toHaveLength(1);
    expect(before).toMatchObject({
      summary: 'It waits to be published, and no worker is active.',
      publication: null,
      event: { actor: 'user:ann@example.com', type: 'deal.updated' },
      deliveries: [],
      streams: { passed: 0, sentence: 'No stream has it, because it is not published.' },
    });

    worker = await startModules(database.url, {
      settings: [OutboxConfig],
      imports: [ProcessesModule.forRoot('outbox-worker'), OutboxRelayModule, OutboxModule],
      providers: [Picky, People],
      env: { OUTBOX_POLL_INTERVAL: '0.1', OUTBOX_MAX_ATTEMPTS: '2' },
    });
    await waitFor('the event to pass', async () => {
      const [row] = await database.query<{ passed: boolean }>(
        `SELECT bool_and(position >= 1) AS passed FROM zakops.consumer_progress WHERE consumer IN ('picky', 'people')`,
      );
      return row?.passed === true;
    });
  });

  it('tells delivered by the cursor, not wanted, and which worker published under which fence', async () => {
    const wanted = event('DEAL-000002', 1);
    await append(wanted);
    await waitFor('the delivery', async () => (await explain(wanted.id)).waits_for === null);
    const explanation = await explain(wanted.id);
    const [lease] = await database.query<{ owner: string; fence: number; position: number; cursor: number }>(
      `SELECT w.owner, w.fence::int, l.position::int, p.position::int AS cursor FROM zakops.worker_leases w, zakops.event_log l, zakops.consumer_progress p
        WHERE w.name = 'outbox' AND l.event_id = $1 AND p.consumer = 'picky'`,
      [wanted.id],
    );
    expect(await ticket(wanted.id)).toBeUndefined();
    expect(lease?.cursor).toBeGreaterThanOrEqual(lease?.position ?? Infinity);
    expect(explanation.publication).toMatchObject({ position: lease?.position, worker: lease?.owner, fence: lease?.fence });
    expect(explanation.summary).toBe('It is published and delivered to the one consumer that wants it.');
    expect(at(explanation, 'picky')).toMatchObject({ state: 'delivered', sentence: 'picky has it.', waits: false });
    expect(at(explanation, 'people')).toMatchObject({ state: 'not_wanted', sentence: 'people does not want deal.updated.' });
  });

  it('tells retrying with its next attempt, and what waits behind it', async () => {
    const [failing, behind] = [event('DEAL-000003', 1), event('DEAL-000003', 2)];
    FAILING.add(failing.id);
    await append(failing, behind);
    await until(failing.id, 'failed');
    await until(behind.id, 'pending');

    const retrying = await explain(failing.id);
    const state = await ticket(failing.id);
    const seconds = Number(
      retrying.waits_for?.replace('picky failed once (handler_error); the next attempt is in ', '').replace(' s.', ''),
    );
    expect(state).toMatchObject({ status: 'failed', attempts: 1 });
    expect(seconds).toBeGreaterThan(0);
    expect(Math.abs(seconds - (state?.due_in ?? Infinity))).toBeLessThanOrEqual(2);
    expect(at(retrying, 'picky')).toMatchObject({ state: 'retrying', attempts: [{ number: 1, error: 'not now' }] });

    const waiting = await explain(behind.id);
    expect(await ticket(behind.id)).toMatchObject({ status: 'pending', due_in: null });
    expect(at(waiting, 'picky')).toMatchObject({ state: 'waiting_behind', behind: { event_id: failing.id, status: 'failed' } });
    expect(waiting.waits_for).toMatch(
      `At picky it waits behind event ${failing.id} (deal.updated) of the same aggregate, which failed once; `,
    );

    FAILING.clear();
    await database.query(`UPDATE zakops.outbox_tickets SET due_at = now() WHERE event_id = $1`, [failing.id]);
    await until(failing.id, 'delivered');
    const delivered = await explain(failing.id);
    expect(at(delivered, 'picky')).toMatchObject({ state: 'delivered', waits: false });
    expect(at(delivered, 'picky')?.sentence).toMatch(/^picky has it since .*, at attempt 2\.$/);
  });

  it('tells dead, and discarded', async () => {
    const refused = event('DEAL-000004', 1);
    REFUSED.add(refused.id);
    await append(refused);
    await until(refused.id, 'dead');
    const dead = await explain(refused.id);
    expect(dead.waits_for).toBe('It is a dead letter of picky after 1 attempt (refused); an operator has to redrive or discard it.');
    const letter = at(dead, 'picky');
    expect(letter).toMatchObject({ state: 'dead', attempts: [{ reason_code: 'refused', worker: dead.publication?.worker }] });

    await runInCall(newCall({ type: 'user', id: 'ann@example.com' }), () =>
      writer.get(CommandBus).execute(new DiscardDeadLetter(letter?.dead_letter_id ?? '', undefined)),
    );
    const discarded = await explain(refused.id);
    expect(await ticket(refused.id)).toBeUndefined();
    expect(discarded.waits_for).toBeNull();
    expect(at(discarded, 'picky')).toMatchObject({ state: 'discarded', waits: false });
    expect(discarded.summary).toMatch(/^user:ann@example\.com discarded its dead letter of picky at /);
  });

  it('tells paused, and until when', async () => {
    await database.query(
      `INSERT INTO zakops.delivery_pauses (id, scope, consumer, reason, paused_by, ends_at)
       VALUES (gen_random_uuid(), 'consumer', 'picky', 'a look', 'system:test', '2999-01-01T00:00:00Z'),
              (gen_random_uuid(), 'consumer', 'people', 'another', 'system:test', '2999-01-01T00:00:00Z')`,
    );
    await database.query(`UPDATE zakops.delivery_pauses SET ends_at = now() + interval '1 hour'`);
    const [{ ends_at: endsAt } = { ends_at: new Date(0) }] = await database.query<{ ends_at: Date }>(
      `SELECT ends_at FROM zakops.delivery_pauses WHERE consumer = 'picky'`,
    );
    await database.query(`NOTIFY zakops_tickets`);
    const watch = worker.get(PauseWatch, { strict: false });
    await waitFor('the worker to know the pause', () => Promise.resolve(watch.current.stops('picky')));
    const paused = event('DEAL-000005', 1);
    await append(paused);
    await waitFor('the event to be published', async () => (await explain(paused.id)).publication !== null);
    const explanation = await explain(paused.id);
    const [row] = await database.query<{ before: boolean }>(
      `SELECT p.position < l.position AS before FROM zakops.consumer_progress p, zakops.event_log l WHERE p.consumer = 'picky' AND l.event_id = $1`,
      [paused.id],
    );
    expect(row).toEqual({ before: true });
    expect(explanation.waits_for).toBe(`Deliveries of it to picky are paused until ${endsAt.toISOString()}: a look`);
    expect(at(explanation, 'picky')).toMatchObject({ state: 'paused', pause: { scope: 'consumer', reason: 'a look' } });
    expect(at(explanation, 'people')).toMatchObject({ state: 'not_wanted' });
  });
});
