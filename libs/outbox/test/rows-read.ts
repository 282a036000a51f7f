/** A node of a plan that was carried out. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A connection of the driver. */
interface Connection {
  query(text: string, values: unknown[]): Promise<{ rows: readonly unknown[] }>;
}

/**
 * Carries a statement out and counts the rows of tables that its plan has looked at, those that a filter refused included.
 *
 * @returns the rows of one table, by its name without the schema; without a name, of all tables
 */
export async function rowsRead(client: Connection, text: string, values: readonly unknown[] = []): Promise<(table?: string) => number> {
  const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values]);
  const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];
  // What is written was read by the nodes below.
  const reads = (rows as readonly { 'QUERY PLAN': readonly { Plan: PlanNode }[] }[])
    .flatMap((row) => row['QUERY PLAN'])
    .flatMap(({ Plan }) => flat(Plan))
    .filter((node) => node['Relation Name'] !== undefined && node['Node Type'] !== 'ModifyTable');
  return (table) =>
    reads
      .filter((node) => table === undefined || node['Relation Name'] === table)
      .reduce((sum, node) => sum + (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'], 0);
}
