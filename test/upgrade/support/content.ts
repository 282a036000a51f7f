import pg from 'pg';

/** What the tables of schema `zakops` hold: one digest per table, over the named columns of every row. */
export type Content = Readonly<Record<string, string>>;

/** The columns of each table. */
export type Columns = Readonly<Record<string, readonly string[]>>;

/** The tables of schema `zakops` and their columns; not the list of migrations, which is meant to grow. */
export async function columnsOf(url: string): Promise<Columns> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ table: string; columns: string[] }>(
      `SELECT c.relname AS table, array_agg(a.attname::text ORDER BY a.attname) AS columns
         FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relnamespace = to_regnamespace('zakops') AND c.relkind = 'r' AND c.relname <> 'migrations' GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ table, columns }) => [table, columns]));
  });
}

/**
 * Digests of the given columns, so that columns which a migration adds do not count.
 *
 * @param movedTo - where the rows of a table are that is none any more: a query
 */
export async function contentOf(url: string, columns: Columns, movedTo: Readonly<Record<string, string>> = {}): Promise<Content> {
  return withClient(url, async (client) => {
    const content: Record<string, string> = {};
    for (const [table, names] of Object.entries(columns)) {
      const rowsOf = movedTo[table] ?? `SELECT * FROM zakops.${pg.escapeIdentifier(table)}`;
      const list = names.map((name) => pg.escapeIdentifier(name)).join(', ');
      const { rows } = await client.query<{ digest: string }>(
        `SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(row_text, E'\\n' ORDER BY row_text)), '') AS digest
           FROM (SELECT ROW(${list})::text AS row_text FROM (${rowsOf}) AS held) AS rows`,
      );
      content[table] = rows[0]?.digest ?? '';
    }
    return content;
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
