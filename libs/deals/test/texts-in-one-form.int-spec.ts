import { migrate, undoLastMigration } from '#zakops/database';
import { createTestDatabase } from '#zakops/testing';
import type { TestDatabase } from '#zakops/testing';
import { MIGRATIONS } from '../../../migrations/index.js';

const AT = MIGRATIONS.findIndex(({ name }) => name.startsWith('TextsInOneForm'));
const WITH = MIGRATIONS.slice(0, AT + 1);
const id = (n: number): string => `00000000-0000-4000-8000-00000000000${String(n)}`;

const ALIASES = 'SELECT right(id::text, 1)::int AS n, alias FROM zakops.deal_aliases ORDER BY id';
const EMAILS = 'SELECT right(id::text, 1)::int AS n, email FROM zakops.operators ORDER BY id';

/** What versions before could store: two forms of one text side by side, and documents in the form in which they came. */
const STORED = `
  INSERT INTO zakops.deals (deal_id, canonical_name, display_name, folder_path, stage, status, company_info, broker, version)
  SELECT 'DEAL-' || lpad(n::text, 6, '0'), CASE n WHEN 4500 THEN E'Cafe\\u0301' ELSE 'plain' END, NULL, E'/disk/Cafe\\u0301', 'inbound', 'active',
         jsonb_build_object(E'e\\u0301', E'e\\u0301'), jsonb_build_object(E'e\\u0301', 1, E'\\u00E9', 2), 1
    FROM generate_series(1, 4500) AS n;
  INSERT INTO zakops.deal_aliases (id, deal_id, alias, alias_type, confidence, source, created_at)
  SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'DEAL-000001', alias, type, 0.1, 'test', now() - n * interval '1 day'
    FROM (VALUES (1, E'Caf\\u00E9', 'dba_name'), (2, E'CAFE\\u0301', 'dba_name'), (3, E'Caf\\u00E9', 'company_name'), (4, 'Straße', 'dba_name'),
                 (5, 'STRASSE', 'dba_name'), (6, E'Cafe\\u0301s', 'dba_name')) AS t(n, alias, type);
  INSERT INTO zakops.operators (id, email, name, role, status, created_at)
  SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, email, E'Ame\\u0301lie', 'viewer', 'invited', now() + n * interval '1 day'
    FROM (VALUES (1, E'am\\u00E9lie@example.com'), (2, E'ame\\u0301lie@example.com'), (3, 'amelie@example.com')) AS t(n, email)`;

/** What an older version does between two steps of the migration: it adds a double, once. */
const MEANWHILE = `
  CREATE TABLE public.meanwhile (done boolean);
  CREATE FUNCTION public.meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT FROM public.meanwhile) THEN
      INSERT INTO public.meanwhile VALUES (true);
      INSERT INTO zakops.deal_aliases (id, deal_id, alias, alias_type, confidence, source)
      VALUES ('${id(7)}', 'DEAL-000001', E'Caf\\u00C9S', 'dba_name', 1, 'old');
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER meanwhile AFTER DELETE ON zakops.deal_aliases FOR EACH STATEMENT EXECUTE FUNCTION public.meanwhile()`;

describe('the migration to texts in one form', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
    await migrate(database.ownerUrl, MIGRATIONS.slice(0, AT));
    await database.query(STORED);
    await database.query(MEANWHILE);
    await migrate(database.ownerUrl, WITH);
  });

  afterAll(() => database.drop());

  it('composes names and documents of every portion, but no path, and no document that would lose a member', async () => {
    const [form] = await database.query(
      `SELECT count(*) FILTER (WHERE canonical_name = E'Caf\\u00E9')::int AS names,
              count(*) FILTER (WHERE company_info = jsonb_build_object(E'\\u00E9', E'\\u00E9'))::int AS documents,
              count(*) FILTER (WHERE broker = jsonb_build_object(E'e\\u0301', 1, E'\\u00E9', 2))::int AS kept,
              count(*) FILTER (WHERE folder_path = E'/disk/Cafe\\u0301')::int AS paths
         FROM zakops.deals`,
    );
    expect(form).toEqual({ names: 1, documents: 4_500, kept: 4_500, paths: 4_500 });
  });

  it('keeps the older of two aliases that are one, and the row of the other, also of one that came meanwhile', async () => {
    expect(await database.query(ALIASES)).toEqual([
      { n: 2, alias: 'CAF\u00C9' },
      { n: 3, alias: 'Caf\u00E9' },
      { n: 5, alias: 'STRASSE' },
      { n: 6, alias: 'Caf\u00E9s' },
    ]);
    expect(
      await database.query(
        `SELECT id, kept_id, was ->> 'alias' AS alias FROM zakops.text_collisions WHERE of_table = 'deal_aliases' ORDER BY id`,
      ),
    ).toEqual([
      { id: id(1), kept_id: id(2), alias: 'Caf\u00E9' },
      { id: id(4), kept_id: id(5), alias: 'Straße' },
      { id: id(7), kept_id: id(6), alias: 'CafÉS' },
    ]);
  });

  it('keeps both of two operators, the newer under an e-mail that says so', async () => {
    expect(await database.query(EMAILS)).toEqual([
      { n: 1, email: 'am\u00E9lie@example.com' },
      { n: 2, email: 'am\u00E9lie+000000000002@example.com' },
      { n: 3, email: 'amelie@example.com' },
    ]);
    expect(await database.query('SELECT DISTINCT name FROM zakops.operators')).toEqual([{ name: 'Am\u00E9lie' }]);
  });

  it('refuses a double that an older version writes, by the name that it knows', async () => {
    const alias = database.query(
      `INSERT INTO zakops.deal_aliases (id, deal_id, alias, alias_type, confidence, source)
       VALUES (gen_random_uuid(), 'DEAL-000001', E'cafe\\u0301', 'dba_name', 1, 'old')`,
    );
    await expect(alias).rejects.toMatchObject({ code: '23505', constraint: 'deal_aliases_alias_idx' });
    const email = database.query(
      `INSERT INTO zakops.operators (id, email, name, role, status) VALUES (gen_random_uuid(), E'AME\\u0301LIE@example.com', 'x', 'viewer', 'invited')`,
    );
    await expect(email).rejects.toMatchObject({ code: '23505', constraint: 'operators_email_idx' });
  });

  it('can be repeated after it was cut off, and puts back what collided when it is undone', async () => {
    const before = [await database.query(ALIASES), await database.query(EMAILS)];
    await database.query(`DELETE FROM zakops.migrations WHERE name LIKE 'TextsInOneForm%'`);
    await database.query('CREATE UNIQUE INDEX deal_aliases_alias_next_idx ON zakops.deal_aliases (id)');
    expect((await migrate(database.ownerUrl, WITH)).applied).toEqual([WITH.at(-1)?.name]);
    expect([await database.query(ALIASES), await database.query(EMAILS)]).toEqual(before);

    await undoLastMigration(database.ownerUrl, WITH);
    // Composed, the first alias is the second one for the index of before, too.
    expect((await database.query(ALIASES)).map(({ n }) => Number(n))).toEqual([2, 3, 4, 5, 6]);
    expect((await database.query(EMAILS))[1]).toEqual({ n: 2, email: 'ame\u0301lie@example.com' });
  });
});
