import { createTestDatabase, startModules } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import type { INestApplicationContext } from '@nestjs/common';
import { BatchedRead } from './batched-read.js';
import { DatabaseError } from './database.errors.js';
import { Database } from './database.js';
import { prepared } from './statement.js';
import { UnitOfWork } from './unit-of-work.js';

interface Note {
  readonly id: string;
  readonly text: string;
}

describe(BatchedRead.name, () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let reads: jest.SpyInstance;

  beforeEach(async () => {
    database = await createTestDatabase();
    await database.query('CREATE TABLE notes (id text PRIMARY KEY, text text); GRANT SELECT, INSERT ON notes TO PUBLIC');
    await database.query(`INSERT INTO notes SELECT n::text, 'note ' || n FROM generate_series(1, 500) n`);
    app = await startModules(database.url, { env: { DATABASE_POOL_SIZE: '4' } });
    reads = jest.spyOn(app.get(Database), 'query');
  });

  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  const notes = (table = 'notes'): BatchedRead<Note> =>
    app.get(Database).batchedRead<Note>(prepared(`SELECT id, text FROM ${table} WHERE id = ANY($1::text[])`), ({ id }) => id);

  it('answers everybody by few statements, each with its own row, and an unknown key with none', async () => {
    const sut = notes();
    const keys = Array.from({ length: 600 }, (_, n) => String(n % 510));
    const rows = await Promise.all(keys.map((key) => sut.get(key)));
    expect(rows.map((row) => row?.text)).toEqual(keys.map((key) => (Number(key) >= 1 && Number(key) <= 500 ? `note ${key}` : undefined)));
    expect(reads.mock.calls.length).toBeLessThanOrEqual(4);
  });

  it('sees everything that was committed before it was asked, also while others are being read', async () => {
    const sut = notes();
    for (let n = 501; n <= 560; n += 1) {
      const others = Array.from({ length: 20 }, (_, other) => sut.get(String(other)));
      await database.query(`INSERT INTO notes VALUES ($1, 'new')`, [String(n)]);
      expect((await sut.get(String(n)))?.text).toBe('new');
      await Promise.all(others);
    }
  });

  it('tells everybody of a batch that failed, and goes on with the next', async () => {
    const sut = notes('no_such_table');
    const outcomes = await Promise.allSettled([sut.get('1'), sut.get('2')]);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason instanceof DatabaseError)).toEqual([true, true]);
    await expect(sut.get('3')).rejects.toThrow(DatabaseError);
  });

  it('shows nobody what an open transaction has written, not even its own call', async () => {
    const sut = notes();
    await app.get(UnitOfWork).runJoined(async (tx) => {
      await tx.query(`INSERT INTO notes VALUES ('mine', 'unseen')`);
      expect(await sut.get('mine')).toBeUndefined();
    });
    expect((await sut.get('mine'))?.text).toBe('unseen');
  });
});
