import pg from 'pg';

/** A node of a plan that was carried out. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A connection of the driver. */
interface Connection {
  query(text: string, values?: unknown[]): Promise<{ rows: readonly unknown[] }>;
}

/** The rows that a node has looked at in all its loops, those that it refused included. */
export function rowsOf(node: PlanNode): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return (node['Actual Rows'] + removed) * node['Actual Loops'];
}

/**
 * Carries a statement out and counts the rows of tables that its plan has looked at, those that a filter refused included.
 *
 * @returns the rows of one table, by its name without the schema; without a name, of all tables
 */
export async function rowsRead(client: Connection, text: string, values: readonly unknown[] = []): Promise<(table?: string) => number> {
  const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, [...values]);
  // What is written was read by the nodes below.
  const reads = nodesOf(rows).filter((node) => node['Relation Name'] !== undefined && node['Node Type'] !== 'ModifyTable');
  return (table) =>
    reads.filter((node) => table === undefined || node['Relation Name'] === table).reduce((sum, node) => sum + rowsOf(node), 0);
}

/** How the server plans a prepared statement: a value of `plan_cache_mode`. */
type PlanKind = 'force_custom_plan' | 'force_generic_plan';

/**
 * Carries a statement out both ways in which the server may plan a prepared one: for these values, and for all values.
 *
 * @param values - of the parameters: text, numbers, null or lists of text
 */
export async function plansOf(
  client: Connection,
  text: string,
  values: readonly unknown[],
): Promise<readonly { readonly kind: PlanKind; readonly nodes: readonly PlanNode[] }[]> {
  await client.query(`PREPARE explained AS ${text}`);
  const plans: { kind: PlanKind; nodes: readonly PlanNode[] }[] = [];
  for (const kind of ['force_custom_plan', 'force_generic_plan'] as const) {
    await client.query(`SET plan_cache_mode = ${kind}`);
    const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained (${values.map(literal).join(', ')})`);
    plans.push({ kind, nodes: nodesOf(rows) });
  }
  await client.query('DEALLOCATE explained');
  return plans;
}

function nodesOf(rows: readonly unknown[]): readonly PlanNode[] {
  const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];
  return (rows as readonly { 'QUERY PLAN': readonly { Plan: PlanNode }[] }[])
    .flatMap((row) => row['QUERY PLAN'])
    .flatMap(({ Plan }) => flat(Plan));
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `ARRAY[${value.map(literal).join(', ')}]`;
  if (typeof value === 'string' || typeof value === 'number') return pg.escapeLiteral(String(value));
  if (value === null) return 'NULL';
  throw new TypeError('Such a value is not written as a literal.');
}
