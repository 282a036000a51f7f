import { makeEvent } from '#zakops/contracts';
import { UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { EventConsumer, Outbox, OutboxConfig, OutboxModule, OutboxRelayModule, PermanentDeliveryError } from '#zakops/outbox';
import type { Delivery, SingleEventConsumer } from '#zakops/outbox';
import { ProcessesModule } from '#zakops/processes';
import { createTestDatabase, startModules, waitFor } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { Injectable } from '@nestjs/common';
import type { INestApplicationContext } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { DlqModule, GetDeadLetter, ListDeadLetters, ListFailureGroups, RetryDeadLetter } from '../src/index.js';
import type { DeadLetterDetails } from '../src/index.js';

/** Refuses everything until it is told to take it. */
@EventConsumer({ name: 'strict', events: ['deal.*'] })
@Injectable()
class Strict implements SingleEventConsumer {
  takes = false;

  handle({ event }: Delivery): Promise<void> {
    return this.takes ? Promise.resolve() : Promise.reject(new PermanentDeliveryError('refused', `No ${event.aggregateId} today.`));
  }
}

describe('a retry that is followed', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startModules(database.url, {
      settings: [OutboxConfig],
      imports: [ProcessesModule.forRoot('outbox-worker'), OutboxRelayModule, OutboxModule, DlqModule],
      providers: [Strict],
      env: { OUTBOX_POLL_INTERVAL: '0.1' },
    });
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it('fails again in its old group, and ends as delivered', async () => {
    const [queries, commands, outbox] = [app.get(QueryBus), app.get(CommandBus), app.get(Outbox, { strict: false })];
    await app.get(UnitOfWork).run((tx) => {
      const deal = (id: string): ReturnType<typeof makeEvent<'deal.updated'>> =>
        makeEvent('deal.updated', uuidV7(), id, 1, { deal_id: id, changes: [{ field: 'display_name', old_value: 0, new_value: 1 }] });
      outbox.append(tx, [deal('DEAL-000001'), deal('DEAL-000002')]);
      return Promise.resolve();
    });
    const dead = async (): Promise<readonly { id: string }[]> =>
      (await queries.execute(new ListDeadLetters({}, 10, { offset: 0 }))).deadLetters;
    await waitFor('both to be dead', async () => (await dead()).length === 2);
    const before = await queries.execute(new ListFailureGroups({}, 10, undefined));
    expect(before.groups).toMatchObject([{ count: 2, aggregates: 2, message: 'No # today.', errorClass: 'PermanentDeliveryError' }]);

    const [{ id } = { id: '' }] = await dead();
    const follow = (): Promise<DeadLetterDetails> => queries.execute(new GetDeadLetter(id));
    await commands.execute(new RetryDeadLetter(id, 'a first try'));
    await waitFor('its second death', async () => (await follow()).attemptHistory.length === 2);
    const again = await follow();
    expect(again).toMatchObject({ state: 'dead', redrives: 1, fingerprint: before.groups[0]?.fingerprint });
    expect(again.attemptHistory.map(({ number, redrives, redriveId }) => [number, redrives, redriveId])).toEqual([
      [1, 0, null],
      [2, 1, again.operations[0]?.id],
    ]);

    app.get(Strict).takes = true;
    await commands.execute(new RetryDeadLetter(id, 'mended'));
    await waitFor('its delivery', async () => (await follow()).state === 'delivered');
    const end = await follow();
    expect(end.deliveredAt).toBeInstanceOf(Date);
    expect(end).toMatchObject({ redrives: 2, fingerprint: null, lastError: null });
    expect(await dead()).toHaveLength(1);
  });
});
