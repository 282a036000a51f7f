import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often everything is done again when an older version adds a double meanwhile. */
const ATTEMPTS = 5;
const UNIQUE_VIOLATION = '23505';

// The order of choice: what belongs to the server itself (17 and later) cannot change with a library of the system.
const COLLATION = `
  SELECT collname AS name FROM pg_catalog.pg_collation
   WHERE collnamespace = 'pg_catalog'::regnamespace AND collname IN ('pg_c_utf8', 'und-x-icu', 'default')
     AND collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))
   ORDER BY array_position(ARRAY['pg_c_utf8', 'und-x-icu', 'default'], collname::text) LIMIT 1`;

// Most texts are ASCII, which is its own normal form: that way is the short one.
const fold = (collation: string): string => `
  CREATE OR REPLACE FUNCTION zakops.fold(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN octet_length(given) = length(given) THEN lower(given COLLATE "C") COLLATE "${collation}"
    ELSE normalize(replace(replace(regexp_replace(
      lower(normalize(given, NFKC) COLLATE "${collation}"), 'i' || chr(775) || '+', 'i', 'g'), 'ß', 'ss'), 'ς', 'σ'), NFKC) END;
  COMMENT ON FUNCTION zakops.fold IS
    'A text as it is compared: NFKC without case, as foldText of libs/kernel. Indexes use it, so another definition needs them built anew.'`;

const COLLISIONS = `
  CREATE TABLE IF NOT EXISTS zakops.text_collisions (
    of_table text        NOT NULL,
    id       uuid        NOT NULL,
    kept_id  uuid        NOT NULL,
    was      jsonb       NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT text_collisions_pk PRIMARY KEY (of_table, id)
  );
  COMMENT ON TABLE zakops.text_collisions IS
    'One row is one alias or operator whose text was another form of that of an older one, when migration 0018 made them unique.';
  COMMENT ON COLUMN zakops.text_collisions.was IS
    'An alias is gone from deal_aliases, and this is its row. An operator goes on with another e-mail, and this is the one before.'`;

const DOUBLE_ALIASES = `
  WITH doubles AS (
    SELECT id, first_value(id) OVER (PARTITION BY deal_id, alias_type, zakops.fold(alias) ORDER BY created_at, id) AS kept
      FROM zakops.deal_aliases
  ), gone AS (
    DELETE FROM zakops.deal_aliases a USING doubles d WHERE a.id = d.id AND d.id <> d.kept RETURNING a.id, d.kept, to_jsonb(a) AS was
  )
  INSERT INTO zakops.text_collisions (of_table, id, kept_id, was) SELECT 'deal_aliases', id, kept, was FROM gone
  ON CONFLICT ON CONSTRAINT text_collisions_pk DO NOTHING`;

// An operator is not removed: other rows belong to it.
const DOUBLE_OPERATORS = `
  WITH doubles AS (
    SELECT id, email, first_value(id) OVER (PARTITION BY zakops.fold(email) ORDER BY created_at, id) AS kept FROM zakops.operators
  ), noted AS (
    INSERT INTO zakops.text_collisions (of_table, id, kept_id, was)
    SELECT 'operators', id, kept, jsonb_build_object('email', email) FROM doubles WHERE id <> kept
    ON CONFLICT ON CONSTRAINT text_collisions_pk DO NOTHING
  )
  UPDATE zakops.operators o SET email = regexp_replace(o.email, '@', '+' || right(o.id::text, 12) || '@'), version = version + 1
    FROM doubles d WHERE d.id = o.id AND d.id <> d.kept`;

/** What is composed in place. Left as they are: what only tells what happened, hashes, and the names of files on a disk. */
const TABLES: readonly (readonly [table: string, key: string])[] = [
  ['deals', 'deal_id'],
  ['deal_aliases', 'id'],
  ['actions', 'action_id'],
  ['quarantine_items', 'id'],
  ['operators', 'id'],
  ['api_keys', 'id'],
];
const COLUMNS = `
  SELECT column_name AS name, data_type AS type FROM information_schema.columns
   WHERE table_schema = 'zakops' AND table_name = $1 AND data_type IN ('text', 'jsonb')
     AND column_name NOT IN ('deal_id', 'action_id', 'password_hash') AND column_name !~ '_(path|dir)$'`;

/** One form of each text: a function by which texts are compared, unique indexes by it, and what is stored composed (NFC). */
export class TextsInOneForm0000000000018 implements MigrationInterface {
  readonly name = 'TextsInOneForm0000000000018';
  /** Outside of a transaction, so that indexes are built while others write. It can be repeated when it was cut off. */
  readonly transaction = false;
  /** What collided is put back. */
  readonly carriedOver = ['text_collisions'];

  async up(runner: QueryRunner): Promise<void> {
    const [collation] = (await runner.query(COLLATION)) as { name: string }[];
    await runner.query(fold(collation?.name ?? 'default'));
    await runner.query(COLLISIONS);
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.makeUnique(runner);
        break;
      } catch (error) {
        if ((error as { readonly code?: string }).code !== UNIQUE_VIOLATION || attempt === ATTEMPTS) throw error;
      }
    }
    await swap(runner, 'deal_aliases_alias_idx');
    await swap(runner, 'operators_email_idx');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX zakops.deal_aliases_alias_idx, zakops.operators_email_idx;
      CREATE UNIQUE INDEX deal_aliases_alias_idx ON zakops.deal_aliases (deal_id, alias_type, md5(lower(alias)));
      CREATE UNIQUE INDEX operators_email_idx ON zakops.operators (lower(email));
      INSERT INTO zakops.deal_aliases
      SELECT a.* FROM zakops.text_collisions c, jsonb_populate_record(NULL::zakops.deal_aliases, c.was) AS a
       WHERE c.of_table = 'deal_aliases' ON CONFLICT DO NOTHING;
      UPDATE zakops.operators o SET email = c.was ->> 'email', version = version + 1 FROM zakops.text_collisions c
       WHERE c.of_table = 'operators' AND c.id = o.id
         AND NOT EXISTS (SELECT FROM zakops.operators other WHERE lower(other.email) = lower(c.was ->> 'email'));
      DROP TABLE zakops.text_collisions;
      DROP FUNCTION zakops.fold(text);
    `);
  }

  private async makeUnique(runner: QueryRunner): Promise<void> {
    await runner.query(DOUBLE_ALIASES);
    await runner.query(DOUBLE_OPERATORS);
    for (const [table, key] of TABLES) await compose(runner, table, key);
    await build(runner, 'deal_aliases_alias_next_idx ON zakops.deal_aliases (deal_id, alias_type, md5(zakops.fold(alias)))');
    await build(runner, 'operators_email_next_idx ON zakops.operators (zakops.fold(email))');
  }
}

/** Composes the texts of a table in portions, each committed, so that no row is locked for long. */
async function compose(runner: QueryRunner, table: string, key: string): Promise<void> {
  const columns = (await runner.query(COLUMNS, [table])) as { name: string; type: string }[];
  const forms = columns.map(({ name, type }) => {
    const text = type === 'jsonb' ? `${name}::text` : name;
    const form = `normalize(${text}, NFC)${type === 'jsonb' ? '::jsonb' : ''}`;
    // A document that has a name in two forms would lose one of them: it stays as it is.
    const isWhole = type === 'jsonb' ? ` AND (${members(name)}) = (${members(form)})` : '';
    return { name, form, differs: `(${text} IS NOT NFC NORMALIZED${isWhole})` };
  });
  await runner.query(`
    DO $$
    DECLARE
      done zakops.${table}.${key}%TYPE;
      upto zakops.${table}.${key}%TYPE;
    BEGIN
      LOOP
        SELECT max_key INTO upto FROM (
          SELECT ${key} AS max_key FROM zakops.${table} WHERE done IS NULL OR ${key} > done ORDER BY ${key} LIMIT 2000
        ) AS portion ORDER BY max_key DESC LIMIT 1;
        EXIT WHEN upto IS NULL;
        UPDATE zakops.${table}
           SET ${forms.map(({ name, form, differs }) => `${name} = CASE WHEN ${differs} THEN ${form} ELSE ${name} END`).join(', ')}
         WHERE (done IS NULL OR ${key} > done) AND ${key} <= upto AND (${forms.map(({ differs }) => differs).join(' OR ')});
        COMMIT;
        done := upto;
      END LOOP;
    END $$`);
}

const members = (document: string): string =>
  `SELECT count(*) FROM jsonb_path_query(${document}, '$.** ? (@.type() == "object").keyvalue()')`;

async function build(runner: QueryRunner, index: string): Promise<void> {
  await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS zakops.${index.split(' ', 1)[0] ?? ''}`);
  await runner.query(`CREATE UNIQUE INDEX CONCURRENTLY ${index}`);
}

/** Puts an index in the place of the one before, under its name: by it every version knows what a double is. */
async function swap(runner: QueryRunner, index: string): Promise<void> {
  const next = index.replace(/_idx$/, '_next_idx');
  await runner.query(`
    DO $$ BEGIN
      -- Who waits for the table has everybody else wait behind it.
      SET LOCAL lock_timeout = '5s';
      IF to_regclass('zakops.${next}') IS NOT NULL THEN
        DROP INDEX zakops.${index};
        ALTER INDEX zakops.${next} RENAME TO ${index};
      END IF;
    END $$`);
}
