import { DatabaseUnavailableError, UnitOfWork } from '#zakops/database';
import { uuidV7 } from '#zakops/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { OutboxTestbed } from '../../test/outbox-testbed.js';
import { Inbox } from './inbox.js';

describe(Inbox.name, () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });

  afterEach(async () => {
    await bed.dispose();
  });

  it('lets another worker in when the one that holds an open transaction is frozen', async () => {
    const unitOfWork = (await bed.start({ relay: false })).get(UnitOfWork);
    const sut = new Inbox();
    const id = uuidV7();
    let thaw = (): void => undefined;
    const frozen = new Promise<void>((resolve) => (thaw = resolve));
    let entered = (): void => undefined;
    const isIn = new Promise<void>((resolve) => (entered = resolve));
    const first = unitOfWork.run(async (tx) => {
      await sut.admit(tx, 'c', [id], 500);
      entered();
      await frozen;
      await tx.query('SELECT 1');
    });
    const failed = expect(first).rejects.toBeInstanceOf(DatabaseUnavailableError);
    await isIn;
    const startedAt = Date.now();
    const admitted = await unitOfWork.run((tx) => sut.admit(tx, 'c', [id], 60_000));
    expect([...admitted]).toEqual([id]);
    expect(Date.now() - startedAt).toBeLessThan(5_000);
    thaw();
    await failed;
  });

  it('forgets what is withdrawn, and limits no transaction but its own', async () => {
    const unitOfWork = (await bed.start({ relay: false, env: { DATABASE_POOL_SIZE: '2' } })).get(UnitOfWork);
    const sut = new Inbox();
    const [kept, left] = [uuidV7(), uuidV7()];
    await unitOfWork.run(async (tx) => {
      await sut.admit(tx, 'c', [kept, left], 200);
      await sut.withdraw(tx, 'c', [left]);
    });
    expect(await bed.database.query('SELECT event_id FROM zakops.inbox')).toEqual([{ event_id: kept }]);
    await unitOfWork.run(async (tx) => {
      await tx.query('SELECT 1');
      await sleep(400);
      await tx.query('SELECT 1');
    });
  });
});
