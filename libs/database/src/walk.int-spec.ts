import { createTestDatabase } from '#zakops/testing';
import { toWalkBegin, unseenByWalk, walkBegin } from './walk.js';
import type { WalkBegin, WalkBeginColumns } from './walk.js';

describe(walkBegin.name, () => {
  // Other tests use the same server: their transactions run as well.
  it.each([
    ['names what is running', 10_000],
    ['counts everything from the oldest one on as unseen where too many are running', 0],
  ])('%s', async (_what, most) => {
    const database = await createTestDatabase();
    try {
      await database.query('CREATE TABLE noted (name text)');
      await database.query(`INSERT INTO noted VALUES ('before')`);
      const client = await database.connect();
      await client.query('BEGIN');
      await client.query(`INSERT INTO noted VALUES ('held')`);
      await database.query(`INSERT INTO noted VALUES ('seen')`);
      const [row] = await database.query<WalkBeginColumns & Record<string, unknown>>(`SELECT ${walkBegin(most)}`);
      if (row === undefined) throw new Error('The statement gave no row.');
      const begin: WalkBegin = toWalkBegin(row);
      expect(begin.running === '').toBe(most === 0);
      await client.query('COMMIT');
      await database.query(`INSERT INTO noted VALUES ('after')`);

      const unseen = await database.query<{ name: string }>(
        `SELECT name FROM noted n WHERE ${unseenByWalk('n', { nextXid: '$1', running: '$2' })} ORDER BY name`,
        [begin.nextXid, begin.running],
      );
      const names = unseen.map(({ name }) => name).filter((name) => name !== 'before' && name !== 'seen');
      expect(names).toEqual(['after', 'held']);
      if (most > 0) expect(unseen).toHaveLength(2);
    } finally {
      await database.drop();
    }
  });
});
