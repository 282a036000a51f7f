import { DatabaseError, UnitOfWork } from '#zakops/database';
import { waitFor } from '#zakops/testing';
import { LogEpoch } from '../src/index.js';
import type { OutboxProcess } from './outbox-testbed.js';
import { OutboxTestbed } from './outbox-testbed.js';

let bed: OutboxTestbed;
let writer: OutboxProcess;
beforeEach(async () => {
  bed = await OutboxTestbed.create();
  writer = await bed.start({ relay: false });
});
afterEach(() => bed.dispose());

const epoch = async (): Promise<string> => {
  const [row] = await bed.database.query<{ epoch: string }>('SELECT epoch FROM zakops.event_log_head');
  return row?.epoch ?? '';
};
const pretendElsewhere = (): Promise<unknown> =>
  bed.database.query(`UPDATE zakops.worker_leases SET owner = regexp_replace(owner, '^[0-9]+', '1') WHERE name = 'log-origin'`);

describe(LogEpoch.name, () => {
  it('leaves the name alone while the database is the same, also at the first look', async () => {
    const before = await epoch();
    await writer.get(LogEpoch).check();
    await writer.get(LogEpoch).check();
    expect(await epoch()).toBe(before);
    expect(await bed.database.query(`SELECT owner FROM zakops.worker_leases WHERE name = 'log-origin'`)).toEqual([
      { owner: expect.stringMatching(/^\d{15,}\/[0-9A-F]{8}\/\d+$/) },
    ]);
  });

  it('gives another name once when the database is another one, however many look', async () => {
    await writer.get(LogEpoch).check();
    const before = await epoch();
    await bed.database.query(`
      CREATE TABLE names (epoch text);
      CREATE FUNCTION note_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO public.names VALUES (NEW.epoch); RETURN NULL; END $$;
      CREATE TRIGGER note_name AFTER UPDATE OF epoch ON zakops.event_log_head FOR EACH ROW EXECUTE FUNCTION note_name()`);
    await pretendElsewhere();
    await Promise.all([1, 2, 3, 4, 5].map(() => writer.get(LogEpoch).check()));
    await writer.get(LogEpoch).check();
    const after = await epoch();
    expect(after).toMatch(/^[0-9a-f]{12}$/);
    expect(after).not.toBe(before);
    expect(await bed.database.query('SELECT epoch FROM names')).toEqual([{ epoch: after }]);
  });

  it('goes on looking when the tables were away for a while, as during a restore beside a worker that runs', async () => {
    await writer.get(LogEpoch).check();
    const before = await epoch();
    await bed.database.query('ALTER TABLE zakops.worker_leases RENAME TO being_restored');
    await expect(writer.get(LogEpoch).check()).rejects.toThrow(DatabaseError);
    await bed.database.query('ALTER TABLE zakops.being_restored RENAME TO worker_leases');
    await pretendElsewhere();
    await writer.get(LogEpoch).check();
    expect(await epoch()).not.toBe(before);
  });

  it('is looked at by a worker when it starts, and while it works', async () => {
    await bed.start({ relay: true });
    await waitFor(
      'the first look',
      async () => (await bed.database.query(`SELECT FROM zakops.worker_leases WHERE name = 'log-origin'`)).length === 1,
    );
    const before = await epoch();
    await pretendElsewhere();
    await waitFor('another name', async () => (await epoch()) !== before);
  });

  it('gives another name when it is told to, and says which', async () => {
    const before = await epoch();
    const renamed = await writer.get(UnitOfWork).run((tx) => writer.get(LogEpoch).renew(tx));
    expect(renamed).toEqual({ before, after: await epoch(), position: 0 });
    expect(renamed.after).not.toBe(before);
  });
});
