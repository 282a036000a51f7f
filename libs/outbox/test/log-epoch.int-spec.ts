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
  bed.database.query(`UPDATE zakops.event_log_epoch SET origin = regexp_replace(origin, '^[0-9]+', '1')`);
const origin = async (): Promise<string | null> => {
  const [row] = await bed.database.query<{ origin: string | null }>('SELECT origin FROM zakops.event_log_epoch');
  return row?.origin ?? null;
};

describe(LogEpoch.name, () => {
  it('leaves the name alone while the database is the same, also at the first look', async () => {
    const before = await epoch();
    await writer.get(LogEpoch).check();
    await writer.get(LogEpoch).check();
    expect(await epoch()).toBe(before);
    expect(await origin()).toMatch(/^\d{15,}\/[0-9A-F]{8}\/\d+$/);
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
    await bed.database.query('ALTER TABLE zakops.event_log_epoch RENAME TO being_restored');
    await expect(writer.get(LogEpoch).check()).rejects.toThrow(DatabaseError);
    await bed.database.query('ALTER TABLE zakops.being_restored RENAME TO event_log_epoch');
    await pretendElsewhere();
    await writer.get(LogEpoch).check();
    expect(await epoch()).not.toBe(before);
  });

  it('is looked at by a worker when it starts, and while it works', async () => {
    await bed.start({ relay: true });
    await waitFor('the first look', async () => (await origin()) !== null);
    const before = await epoch();
    await pretendElsewhere();
    await waitFor('another name', async () => (await epoch()) !== before);
  });

  // What a worker of 0.4.0 sends every half second, word for word but for the name of its server.
  const lookOfVersion04 = (place: string): Promise<unknown> =>
    bed.database.query(`
      WITH here AS MATERIALIZED (
        SELECT '${place}' AS origin
      ), elsewhere AS MATERIALIZED (
        SELECT 1 FROM zakops.worker_leases WHERE name = 'log-origin' AND owner <> (SELECT origin FROM here) FOR UPDATE
      ), renamed AS (
        UPDATE zakops.event_log_head SET epoch = substr(replace(gen_random_uuid()::text, '-', ''), 1, 12)
         WHERE EXISTS (SELECT FROM elsewhere) RETURNING epoch
      ), noted AS (
        INSERT INTO zakops.worker_leases (name, owner) SELECT 'log-origin', origin FROM here
         WHERE NOT EXISTS (SELECT FROM zakops.worker_leases WHERE name = 'log-origin' AND owner = (SELECT origin FROM here))
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner
      )
      SELECT epoch FROM renamed`);

  it('agrees with version 0.4.0 beside it: one name for one place, another for the next', async () => {
    const epochs = [await epoch()];
    const look = async (place: string): Promise<void> => {
      await lookOfVersion04(place);
      epochs.push(await epoch());
    };
    await writer.get(LogEpoch).check();
    const here = (await origin()) ?? '';
    await look(here);
    expect(epochs[1]).toBe(epochs[0]);

    await Promise.all([1, 2, 3].map(() => lookOfVersion04('elsewhere')));
    await look('elsewhere');
    expect(epochs[2]).not.toBe(epochs[1]);
    await look('elsewhere');
    expect(epochs[3]).toBe(epochs[2]);

    await writer.get(LogEpoch).check();
    await look(here);
    expect(epochs[4]).not.toBe(epochs[3]);
    await writer.get(LogEpoch).check();
    expect(await epoch()).toBe(epochs[4]);
    expect(await origin()).toBe(here);
    expect(await bed.database.query(`SELECT FROM zakops.worker_leases WHERE name = 'log-origin'`)).toEqual([]);
  });

  it('gives another name when it is told to, and says which', async () => {
    const before = await epoch();
    const renamed = await writer.get(UnitOfWork).run((tx) => writer.get(LogEpoch).renew(tx));
    expect(renamed).toEqual({ before, after: await epoch(), position: 0 });
    expect(renamed.after).not.toBe(before);
  });
});
