import { UnitOfWork } from '#zakops/database';
import { DeadLetterStore, TICKETS } from '../src/index.js';
import type { DeadLetterFilter, DeadLetterPlace, DeadLetterPortion } from '../src/index.js';
import { changePortion, KEEP_INDEX_ORDER, LOCK_ONE, PORTION } from '../src/dead-letters/dead-letter-statements.js';
import { OutboxTestbed } from './outbox-testbed.js';
import { rowsRead } from './rows-read.js';

describe('portions of dead letters', () => {
  let bed: OutboxTestbed;

  beforeEach(async () => {
    bed = await OutboxTestbed.create();
  });

  afterEach(async () => {
    await bed.dispose();
  });

  /** Lets so many tickets die at once, `streams` aggregates in turn; statistics know of none of them. */
  async function failInMass(count: number, streams: number): Promise<void> {
    const { database } = bed;
    await database.query(`ALTER TABLE ${TICKETS} SET (autovacuum_enabled = off)`);
    await database.query(
      `INSERT INTO zakops.events (id, type, schema_version, aggregate_type, aggregate_id, aggregate_seq, data, correlation_id, actor)
       SELECT gen_random_uuid(), 'deal.updated', 1, 'deal', 'D-' || n % $2, n, '{}', 'D-' || n % $2, 'system:test'
         FROM generate_series(1, $1::int) n`,
      [count, streams],
    );
    await database.query(
      `INSERT INTO ${TICKETS} (event_id, consumer, ordinal, event_type, stream, status, delivered_at)
       SELECT id, 'mailer', aggregate_seq, type, split_part(aggregate_id, '-', 2)::bigint, 'delivered', now() FROM zakops.events`,
    );
    await database.query(`ANALYZE ${TICKETS}, zakops.events`);
    await database.query(`UPDATE ${TICKETS} SET status = 'dead', attempts = 5, last_attempt_at = now(), delivered_at = NULL`);
  }

  async function setup(): Promise<(filter?: DeadLetterFilter, after?: DeadLetterPlace) => Promise<DeadLetterPortion>> {
    const writer = await bed.start({ relay: false });
    const [unitOfWork, deadLetters] = [writer.get(UnitOfWork), writer.get(DeadLetterStore)];
    return (filter = {}, after) => unitOfWork.run((tx) => deadLetters.redrive(tx, filter, after));
  }

  const dead = async (): Promise<readonly unknown[]> =>
    (
      await bed.database.query<{ place: string }>(
        `SELECT stream || '/' || ordinal AS place FROM ${TICKETS} WHERE status = 'dead' ORDER BY stream, ordinal`,
      )
    ).map(({ place }) => place);

  it('go on where the one before ended, until every ticket was visited once', async () => {
    await failInMass(2 * PORTION + 10, 3);
    const portion = await setup();
    const sizes: number[] = [];
    let after: DeadLetterPlace | undefined;
    do {
      const { changed, skipped, next } = await portion({}, after);
      sizes.push(changed.length, skipped);
      after = next;
    } while (after !== undefined);
    expect(sizes).toEqual([PORTION, 0, PORTION, 0, 10, 0]);
    expect(await bed.database.query(`SELECT DISTINCT status, replay_count FROM ${TICKETS}`)).toEqual([
      { status: 'pending', replay_count: 1 },
    ]);
  });

  it('leave a ticket that a session holds, and what comes after it in its stream, and wait for nobody', async () => {
    await failInMass(12, 3);
    const portion = await setup();
    const holder = await bed.database.connect();
    await holder.query(`BEGIN; SELECT FROM ${TICKETS} WHERE ordinal = 4 FOR UPDATE`);
    const first = await portion();
    expect([first.changed.length, first.skipped, first.next]).toEqual([8, 4, undefined]);
    expect(await dead()).toEqual(['1/1', '1/4', '1/7', '1/10']);
    await holder.query('ROLLBACK');
    expect((await portion()).changed).toHaveLength(4);
    expect(await dead()).toEqual([]);
  });

  it('hold back the rest of a stream whose beginning was left by the portion before', async () => {
    await failInMass(PORTION + 100, 1);
    const portion = await setup();
    const holder = await bed.database.connect();
    await holder.query(`BEGIN; SELECT FROM ${TICKETS} WHERE ordinal = 1 FOR UPDATE`);
    const first = await portion();
    expect([first.changed, first.skipped]).toEqual([[], PORTION]);
    const second = await portion({}, first.next);
    expect(second).toEqual({ changed: [], skipped: 0, next: undefined });
    expect(await dead()).toHaveLength(PORTION + 100);
  });

  it('leave what another operation has changed since the look', async () => {
    await failInMass(6, 2);
    const portion = await setup();
    const other = await bed.database.connect();
    await other.query(`BEGIN; UPDATE ${TICKETS} SET status = 'pending' WHERE ordinal = 2`);
    expect(await portion()).toMatchObject({ skipped: 3, changed: [{}, {}, {}] });
    await other.query('COMMIT');
    expect(await dead()).toEqual(['0/4', '0/6']);
  });

  it.each<[string, DeadLetterFilter, DeadLetterPlace | undefined]>([
    ['at the beginning', {}, undefined],
    ['later on', {}, { consumer: 'mailer', stream: '50', ordinal: '0' }],
    ['by a filter on tickets', { consumer: 'mailer', eventType: 'deal.updated' }, { consumer: 'mailer', stream: '50', ordinal: '0' }],
    ['by a filter on events', { aggregateType: 'deal', correlationId: 'D-60' }, { consumer: 'mailer', stream: '50', ordinal: '0' }],
  ])('read nothing but themselves, although statistics know of no dead ticket: %s', async (_where, filter, after) => {
    await failInMass(4 * PORTION, 100);
    const { text, parameters } = changePortion('redrive', filter, after, { actor: 'system:test', reason: undefined });
    // What is looked at, locked and changed; and the event of each.
    expect(await rowsReadBy(text, parameters)).toBeLessThanOrEqual(4 * PORTION - 1);
  });

  it('find one of many by its id alone, although statistics know of no dead ticket', async () => {
    await failInMass(PORTION, 100);
    const [row] = await bed.database.query<{ id: string }>(`SELECT zakops.ticket_id(event_id, consumer) AS id FROM ${TICKETS} LIMIT 1`);
    expect(await rowsReadBy(LOCK_ONE, [row?.id])).toBe(2);
  });

  /** The rows of tables that a statement reads when it is carried out as a portion is, and rolled back. */
  async function rowsReadBy(text: string, parameters: readonly unknown[]): Promise<number> {
    const client = await bed.database.connect();
    await client.query('BEGIN');
    await client.query(KEEP_INDEX_ORDER);
    const read = await rowsRead(client, text, parameters);
    await client.query('ROLLBACK');
    return read();
  }
});
