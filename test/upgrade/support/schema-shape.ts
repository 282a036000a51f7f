import pg from 'pg';

/** One thing of schema `zakops` as the catalogue of PostgreSQL describes it. */
export interface Described {
  /** For example `column`. */
  readonly kind: string;
  /** For example `deals.stage`. */
  readonly name: string;
  /** All that can be said about it; two schemas are the same when all these texts are. */
  readonly definition: string;
}

const CATALOGUE = `
  WITH relations AS (
    SELECT c.*, format('%s', c.relname) AS name FROM pg_class c WHERE c.relnamespace = to_regnamespace('zakops')
  )
  SELECT 'relation' AS kind, name,
         concat_ws(' ', relkind, relpersistence, array_to_string(reloptions, ','), relacl::text, obj_description(oid, 'pg_class')) AS definition
    FROM relations WHERE relkind NOT IN ('i', 'I', 't')
  UNION ALL
  SELECT 'column', r.name || '.' || a.attname,
         jsonb_build_object('number', a.attnum, 'type', format_type(a.atttypid, a.atttypmod), 'required', a.attnotnull,
           'filled', concat_ws(' ', nullif(a.attidentity, ''), nullif(a.attgenerated, ''), pg_get_expr(d.adbin, d.adrelid)),
           'comment', col_description(r.oid, a.attnum))::text
    FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum WHERE r.relkind IN ('r', 'p', 'v', 'm')
  UNION ALL
  SELECT 'constraint', r.name || '.' || k.conname, pg_get_constraintdef(k.oid) FROM relations r JOIN pg_constraint k ON k.conrelid = r.oid
   -- PostgreSQL 18 lists NOT NULL here too; the columns say it already.
   WHERE k.contype <> 'n'
  UNION ALL
  SELECT 'index', r.name || '.' || (SELECT relname FROM pg_class WHERE oid = i.indexrelid), pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID' END
    FROM relations r JOIN pg_index i ON i.indrelid = r.oid WHERE r.relkind IN ('r', 'p', 'm')
  UNION ALL
  SELECT 'trigger', r.name || '.' || t.tgname, pg_get_triggerdef(t.oid) FROM relations r JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT 'sequence', r.name, concat_ws(' ', format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle)
    FROM relations r JOIN pg_sequence s ON s.seqrelid = r.oid
  UNION ALL
  SELECT 'function', format('%s(%s)', p.proname, pg_get_function_identity_arguments(p.oid)), concat_ws(' ', pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'))
    FROM pg_proc p WHERE p.pronamespace = to_regnamespace('zakops')
  UNION ALL
  SELECT 'type', t.typname, t.typtype::text FROM pg_type t
   WHERE t.typnamespace = to_regnamespace('zakops') AND t.typtype IN ('e', 'd')
  ORDER BY 1, 2`;

/** What the definition of a column says, in JSON. */
export interface DescribedColumn {
  readonly type: string;
  readonly required: boolean;
  /** Its default, or how else it is filled; empty when the writer has to. */
  readonly filled: string;
}

/** Describes schema `zakops` of a database; empty when there is none. */
export async function shapeOf(url: string): Promise<readonly Described[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Described>(CATALOGUE)).rows;
  } finally {
    await client.end();
  }
}
