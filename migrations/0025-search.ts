import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex } from './build-index.js';
import { inPortions } from './in-portions.js';
import { buildTrigramIndex, SCHEMA_OF_TRIGRAMS } from './trigram-index.js';

// The parser of PostgreSQL reads `a.b` as a host, `a/b` as a path and `a-b` as one word and two: without these characters it sees words.
const SEPARATORS = ['.', '/', '@', '-', '_', '+', '&', '<', ':', '~'];
const WITHOUT_SEPARATORS = SEPARATORS.reduce((form, separator) => `replace(${form}, '${separator}', ' ')`, 'form');

// Marks above and below letters, points of Hebrew and Arabic, and characters without a width.
const MARKS =
  '[\\u0300-\\u036F\\u0591-\\u05BD\\u05BF\\u05C1\\u05C2\\u05C4\\u05C5\\u064B-\\u065F\\u0670\\u1AB0-\\u1AFF\\u1DC0-\\u1DFF' +
  '\\u200B-\\u200F\\u202A-\\u202E\\u2060-\\u2069\\u20D0-\\u20FF\\uFE00-\\uFE0F\\uFE20-\\uFE2F\\uFEFF]+';

const FUNCTIONS = `
  CREATE OR REPLACE FUNCTION zakops.search_form(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
  DECLARE
    -- A longer text is found by its beginning: a word list has a limit of 1 MB.
    form text := zakops.fold(left(given, 20000));
  BEGIN
    IF octet_length(form) <> length(form) THEN
      form := normalize(regexp_replace(normalize(form, NFKD), '${MARKS}', '', 'g'), NFKC);
      form := replace(replace(replace(translate(form, 'øđłıħŧ', 'odliht'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th');
    END IF;
    RETURN ${WITHOUT_SEPARATORS};
  END $$;
  COMMENT ON FUNCTION zakops.search_form IS
    'A text as it is searched: folded, without accents and punctuation between words. searchForm of libs/search does the same.';

  CREATE OR REPLACE FUNCTION zakops.search_query(groups text[]) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(any_of, ' & ')::tsquery
      FROM unnest(groups) AS word_group,
           LATERAL (SELECT '(' || string_agg(all_of, ' | ') || ')' AS any_of
                      FROM unnest(string_to_array(word_group, '|')) AS word,
                           LATERAL (SELECT '(' || string_agg(quote_literal(lexeme) || ':*', ' & ') || ')' AS all_of
                                      FROM unnest(tsvector_to_array(to_tsvector('simple', word))) AS lexeme) AS lexemes) AS words
  $$;
  COMMENT ON FUNCTION zakops.search_query IS
    'Asks for a word of each group, by its beginning: {"plumbng|plumbing", "acme"}. The words come from searchWords of libs/search.'`;

/** What of a row is searched. */
interface Kind {
  /** Of the table of words: `search_<name>`. */
  readonly name: string;
  readonly table: string;
  readonly id: string;
  /** In which typing errors are forgiven. */
  readonly names: string;
  /** What is found by exact words only. */
  readonly more: string;
  readonly columns: readonly string[];
}

const STRINGS_OF_COMPANY = `CASE WHEN NEW.company_info <> '{}' THEN
  (SELECT string_agg(v #>> '{}', ' ') FROM jsonb_path_query(NEW.company_info, 'strict $.** ? (@.type() == "string")') AS v) END`;

const KINDS: readonly Kind[] = [
  {
    name: 'deals',
    table: 'deals',
    id: 'deal_id',
    names: `concat_ws(' ', NEW.canonical_name, nullif(NEW.display_name, NEW.canonical_name), NEW.company_info ->> 'company_name')`,
    more: `concat_ws(' ', NEW.deal_id, ${STRINGS_OF_COMPANY})`,
    columns: ['canonical_name', 'display_name', 'company_info'],
  },
  {
    name: 'actions',
    table: 'actions',
    id: 'action_id',
    names: 'NEW.title',
    more: `concat_ws(' ', NEW.summary, NEW.action_type)`,
    columns: ['title', 'summary', 'action_type'],
  },
  {
    name: 'quarantine',
    table: 'quarantine_items',
    id: 'id',
    names: `concat_ws(' ', NEW.email_subject, NEW.company_name, NEW.broker_name, NEW.sender_name, NEW.sender_company)`,
    more: `concat_ws(' ', NEW.sender, NEW.sender_domain)`,
    columns: ['email_subject', 'company_name', 'broker_name', 'sender_name', 'sender_company', 'sender', 'sender_domain'],
  },
  {
    name: 'senders',
    table: 'sender_profiles',
    id: 'id',
    names: `concat_ws(' ', NEW.name, NEW.company)`,
    more: `concat_ws(' ', NEW.email, NEW.domain)`,
    columns: ['name', 'company', 'email', 'domain'],
  },
  {
    name: 'notes',
    table: 'deal_notes',
    id: 'id',
    names: 'left(NEW.content, 500)',
    more: `concat_ws(' ', substr(NEW.content, 501), NEW.category)`,
    columns: ['content', 'category'],
  },
];

// No foreign key: rows of these tables are marked as deleted and stay, and the lock of the row would cost more than the row here.
const tableOf = ({ name, table }: Kind): string => `
  SET LOCAL lock_timeout = '5s';
  CREATE TABLE IF NOT EXISTS zakops.search_${name} (
    id    text     NOT NULL CONSTRAINT search_${name}_pk PRIMARY KEY,
    words tsvector NOT NULL
  );
  CREATE INDEX IF NOT EXISTS search_${name}_words_idx ON zakops.search_${name} USING gin (words);
  COMMENT ON TABLE zakops.search_${name} IS 'One row is the words of one row of ${table}, written by a trigger in the same transaction.'`;

// No unique index: two transactions that bring the same new word would wait for each other. Then it is in the table twice, which harms nothing.
const KNOWN_WORDS = `
  SET LOCAL lock_timeout = '5s';
  CREATE TABLE IF NOT EXISTS zakops.search_words (
    kind text NOT NULL,
    word text NOT NULL
  );
  CREATE INDEX IF NOT EXISTS search_words_known_idx ON zakops.search_words (word, kind);
  COMMENT ON TABLE zakops.search_words IS
    'One row is a word of the names of a kind, for which a misspelled one may stand. Words stay when their rows change; few are there twice.'`;

const storeOf = (kind: Kind, row: string, onConflict: string): string => `
  searched AS MATERIALIZED (
    SELECT ${row}.${kind.id}::text AS id, strip(to_tsvector('simple', zakops.search_form(${inRow(kind.names, row)}))) AS names,
           strip(to_tsvector('simple', zakops.search_form(${inRow(kind.more, row)}))) AS more${row === 'NEW' ? '' : ` FROM portion AS ${row}`}
  ), stored AS (
    INSERT INTO zakops.search_${kind.name} (id, words)
    SELECT id, coalesce(names, '') || coalesce(more, '') FROM searched
    ON CONFLICT ON CONSTRAINT search_${kind.name}_pk DO ${onConflict}
  )
  INSERT INTO zakops.search_words (kind, word)
  SELECT DISTINCT '${kind.name}', w.word FROM searched, unnest(tsvector_to_array(names)) AS w (word)
   WHERE length(w.word) BETWEEN 4 AND 40 AND w.word !~ '[0-9]'
     AND NOT EXISTS (SELECT FROM zakops.search_words AS known WHERE known.kind = '${kind.name}' AND known.word = w.word)`;

const inRow = (expression: string, row: string): string => expression.replaceAll('NEW.', `${row}.`);

// Statements that wait for a table have all later ones wait behind them.
const triggersOf = (kind: Kind): string => `
  DO $do$ BEGIN
    SET LOCAL lock_timeout = '5s';
    CREATE OR REPLACE FUNCTION zakops.store_search_${kind.name}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      WITH ${storeOf(kind, 'NEW', 'UPDATE SET words = excluded.words')};
      RETURN NULL;
    END $$;
    CREATE OR REPLACE TRIGGER ${kind.table}_search_insert AFTER INSERT ON zakops.${kind.table}
      FOR EACH ROW EXECUTE FUNCTION zakops.store_search_${kind.name}();
    CREATE OR REPLACE TRIGGER ${kind.table}_search_update AFTER UPDATE ON zakops.${kind.table}
      FOR EACH ROW WHEN (${kind.columns.map((column) => `OLD.${column} IS DISTINCT FROM NEW.${column}`).join(' OR ')})
      EXECUTE FUNCTION zakops.store_search_${kind.name}();
  END $do$`;

// What the triggers have written meanwhile is newer.
const fillOf = (kind: Kind): string =>
  inPortions(
    kind.table,
    kind.id,
    (isInPortion) => `
      WITH portion AS (SELECT * FROM zakops.${kind.table} WHERE ${isInPortion}),
      ${storeOf(kind, 'old_row', 'NOTHING')}`,
  );

// The extension is a trusted one: the owner of a database may make it, another role may not. Search does without it.
const TRIGRAMS = `
  DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA zakops;
  EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
    RAISE WARNING 'pg_trgm cannot be created (%): search forgives no typing errors. See docs/search.md.', SQLERRM;
  END $$`;

// The newest rows are looked at first, so each table needs its order as an index; deals and actions have it.
const ORDER_OF_QUARANTINE = 'quarantine_items_newest_idx';

/** The words of what is searched, in tables of their own that triggers keep, so that no large table is written again. */
export class Search0000000000025 implements MigrationInterface {
  readonly name = 'Search0000000000025';
  /** Outside of a transaction, so that each portion is committed. It can be repeated when it was cut off. */
  readonly transaction = false;
  /** Made from other tables, and made again with the migration. */
  readonly carriedOver = ['search_words', ...KINDS.map(({ name }) => `search_${name}`)];

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(FUNCTIONS);
    await runner.query(KNOWN_WORDS);
    await runner.query(TRIGRAMS);
    const [trigrams] = (await runner.query(SCHEMA_OF_TRIGRAMS)) as { schema: string }[];
    await buildIndex(runner, ORDER_OF_QUARANTINE, 'zakops.quarantine_items (created_at DESC, id DESC)');
    for (const kind of KINDS) {
      await runner.query(tableOf(kind));
      const [{ is_there: isThere } = { is_there: false }] = (await runner.query(`SELECT to_regclass($1) IS NOT NULL AS is_there`, [
        `zakops.${kind.table}`,
      ])) as { is_there: boolean }[];
      if (isThere) {
        await runner.query(triggersOf(kind));
        await runner.query(fillOf(kind));
      }
    }
    if (trigrams !== undefined) await buildTrigramIndex(runner, trigrams.schema);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { name, table } of KINDS) {
      await runner.query(`
        DO $$ BEGIN
          IF to_regclass('zakops.${table}') IS NOT NULL THEN
            DROP TRIGGER ${table}_search_insert ON zakops.${table};
            DROP TRIGGER ${table}_search_update ON zakops.${table};
          END IF;
        END $$;
        DROP FUNCTION IF EXISTS zakops.store_search_${name}();
        DROP TABLE zakops.search_${name}`);
    }
    await runner.query(`
      DROP TABLE zakops.search_words;
      DROP INDEX zakops.${ORDER_OF_QUARANTINE};
      DROP FUNCTION zakops.search_query(text[]), zakops.search_form(text);
      DO $$ BEGIN
        -- In another schema it was there before, or is used by others.
        IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm' AND extnamespace = 'zakops'::regnamespace) THEN
          DROP EXTENSION pg_trgm;
        END IF;
      END $$`);
  }
}
