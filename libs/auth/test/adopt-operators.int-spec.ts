import { migrate } from '#zakops/database';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { MIGRATIONS } from '../../../migrations/index.js';

const ID = '0199c4a2-7d1e-7c3b-9f50-3a1f6f1c2b4d';

const SALT = '00112233445566778899aabbccddeeff';
const HASH = 'ab'.repeat(32);

/** Migrates a database of the original system, and gives its operators as they are afterwards. */
async function adopt(database: TestDatabase, sql: string): Promise<Record<string, unknown>[]> {
  await database.query(`CREATE SCHEMA zakops; ${sql}`);
  expect((await migrate(database.ownerUrl, MIGRATIONS)).adoptedOriginal).toBe(true);
  return database.query(`SELECT email, name, role, status, password_hash, preferences FROM zakops.operators ORDER BY email`);
}

describe('adopting the operators of the original system', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase({ empty: true });
  });
  afterEach(() => database.drop());

  it('takes over who they are, and invites them to set a password', async () => {
    const operators = await adopt(
      database,
      `CREATE TABLE zakops.operators (id uuid, email text UNIQUE, name text, role text, preferences jsonb, created_at timestamptz);
       INSERT INTO zakops.operators VALUES
         ('${ID}', 'Ann@Example.com', 'Ann', 'admin', '{"theme":"dark"}', '2025-05-06T07:08:09Z'),
         (gen_random_uuid(), 'bob@example.com', '', 'operator', '[1]', NULL),
         (gen_random_uuid(), 'cyn@example.com', 'Cyn', 'superuser', NULL, 'infinity'),
         (gen_random_uuid(), 'dan@example.com', 'Dan', NULL, NULL, now())`,
    );
    const invited = { status: 'invited', password_hash: null };
    expect(operators).toEqual([
      { ...invited, email: 'ann@example.com', name: 'Ann', role: 'admin', preferences: { theme: 'dark' } },
      { ...invited, email: 'bob@example.com', name: 'bob@example.com', role: 'analyst', preferences: {} },
      { ...invited, email: 'cyn@example.com', name: 'Cyn', role: 'viewer', preferences: {} },
      { ...invited, email: 'dan@example.com', name: 'Dan', role: 'viewer', preferences: {} },
    ]);
    const [ann] = await database.query(`SELECT id, created_at FROM zakops.operators WHERE email = 'ann@example.com'`);
    expect(ann).toEqual({ id: ID, created_at: new Date('2025-05-06T07:08:09Z') });
  });

  it('keeps the passwords of those who have one, and the door closed to those who were shut out', async () => {
    const operators = await adopt(
      database,
      `CREATE TABLE zakops.operators (id int, email text, role text, password_hash text, password_salt text, is_active boolean);
       INSERT INTO zakops.operators VALUES
         (1, 'ann@example.com', 'admin', '${HASH.toUpperCase()}', '${SALT}', true), (2, 'bob@example.com', 'viewer', '${HASH}', '${SALT}', false),
         (3, 'cyn@example.com', 'viewer', ' ', '${SALT}', true), (4, 'dan@example.com', 'viewer', '${HASH}', NULL, true),
         (5, 'eve@example.com', 'viewer', 'something else', '${SALT}', true)`,
    );
    // As the original hashed: the salt is its hexadecimal text. Readable for the password check of libs/operators.
    const kept = `pbkdf2_sha256$100000$${SALT}$${HASH}`;
    expect(operators.map(({ email, status, password_hash }) => [email, status, password_hash])).toEqual([
      ['ann@example.com', 'active', kept],
      ['bob@example.com', 'disabled', kept],
      ['cyn@example.com', 'invited', null],
      ['dan@example.com', 'invited', null],
      ['eve@example.com', 'invited', null],
    ]);
  });

  it('takes the older of two that are the same, leaves behind who cannot be reached, and says so', async () => {
    const operators = await adopt(
      database,
      `CREATE TABLE zakops.operators (id int, email text, name text, created_at text);
       INSERT INTO zakops.operators VALUES (1, 'ann@example.com', 'Younger', '2026-01-01'), (2, ' ANN@example.com ', 'Older', '2025-01-01'),
         (3, 'nobody', 'No address', 'not a date'), (4, NULL, 'None', NULL), (5, 'bob@example.com', 'Bob', 'not a date')`,
    );
    expect(operators.map(({ email, name }) => [email, name])).toEqual([
      ['ann@example.com', 'Older'],
      ['bob@example.com', 'Bob'],
    ]);
    expect(await database.query(`SELECT found::int, copied::int FROM zakops.adoption_report WHERE subject = 'operators'`)).toEqual([
      { found: 5, copied: 2 },
    ]);
  });

  it('works with a table that lacks every column', async () => {
    expect(await adopt(database, 'CREATE TABLE zakops.operators (x int); INSERT INTO zakops.operators VALUES (1)')).toEqual([]);
  });
});
