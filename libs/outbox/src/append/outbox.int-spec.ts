import { UnitOfWork } from '#zakops/database';
import { OutboxTestbed } from '../../test/outbox-testbed.js';
import { Outbox } from './outbox.js';

describe(Outbox.name, () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });

  afterEach(() => bed.dispose());

  it.each([
    ['the first of a transaction', [1], []],
    ['not the first of a transaction', [2], [1]],
  ])('writes no event of a savepoint that was undone, when it is %s', async (_, bad, earlier) => {
    const process = await bed.start({ relay: false });
    const outbox = process.get(Outbox);
    await process.get(UnitOfWork).run(async (tx) => {
      for (const deal of earlier) outbox.append(tx, [bed.event(deal)]);
      const failing = tx.savepoint(() => {
        for (const deal of bad) outbox.append(tx, [bed.event(deal)]);
        return Promise.reject(new Error('refused'));
      });
      await expect(failing).rejects.toThrow('refused');
      await tx.savepoint(() => {
        outbox.append(tx, [bed.event(3)]);
        return Promise.resolve();
      });
      outbox.append(tx, [bed.event(4)]);
    });
    const written = await bed.database.query<{ id: string }>('SELECT aggregate_id AS id FROM zakops.events ORDER BY 1');
    expect(written.map(({ id }) => Number(id.slice(5)))).toEqual([...earlier, 3, 4]);
  });
});
