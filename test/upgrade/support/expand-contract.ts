import type { Described, DescribedColumn } from './schema-shape.js';

/** What a new migration must not do to what the previous release uses, because that release runs on the new schema too. */
export type Rule = 'removed' | 'type-changed' | 'not-null' | 'constraint-added' | 'index-locks' | 'rewritten' | 'not-writable';

/** One thing that a migration did and must not. */
export interface Breach {
  readonly rule: Rule;
  /** For example `deals.stage`. */
  readonly name: string;
}

/** The schema before and after, as {@link shapeOf} tells it, and the size that tables can have. */
export interface Step {
  readonly before: readonly Described[];
  readonly after: readonly Described[];
  /** The file of each table; another one afterwards means that every row was written again, under a lock that lets nobody read. */
  readonly filesBefore: ReadonlyMap<string, string>;
  readonly filesAfter: ReadonlyMap<string, string>;
  /** Tables that hold few rows whatever happens: an index is built on them at once. */
  readonly smallTables: ReadonlySet<string>;
  /** True when the migration runs outside of a transaction, which is what CREATE INDEX CONCURRENTLY needs. */
  readonly isConcurrent: boolean;
}

/**
 * Finds what the version before could not live with, in what a migration has really done to the schema. A rename is a removal and an
 * addition. Tables that did not exist before are free. A table may become a view of the same columns, when triggers take what is written to
 * it; what only a table has, its unique indexes and with them ON CONFLICT, is gone then.
 */
export function breachesOf({ before, after, filesBefore, filesAfter, smallTables, isConcurrent }: Step): readonly Breach[] {
  const tablesBefore = new Set(before.filter(({ kind }) => kind === 'relation').map(({ name }) => name));
  const isNew = (name: string): boolean => !tablesBefore.has(tableOf(name));
  const was = byKey(before);
  const is = byKey(after);
  const breaches: Breach[] = [];
  for (const [key, { kind, name, definition }] of was) {
    const now = is.get(key);
    // Checks and triggers may go, and indexes, without which reading is slow and not wrong; but ON CONFLICT needs its unique one.
    if (now === undefined) {
      const isNeeded = ['relation', 'column', 'function', 'sequence', 'type'].includes(kind) || definition.startsWith('CREATE UNIQUE');
      if (isNeeded) breaches.push({ rule: 'removed', name });
    } else if (kind === 'relation') {
      if (isView(now) && !isView({ definition }) && !isWritable(name, after)) breaches.push({ rule: 'not-writable', name });
    } else if (kind === 'column') {
      const [old, column] = [columnOf({ definition }), columnOf(now)];
      if (column.type !== old.type) breaches.push({ rule: 'type-changed', name });
      if (column.required && !old.required) breaches.push({ rule: 'not-null', name });
      if (column.filled === '' && old.filled !== '' && column.required) breaches.push({ rule: 'not-null', name });
    }
  }
  for (const [key, { kind, name, definition }] of is) {
    if (was.has(key) || isNew(name)) continue;
    if (kind === 'column') {
      const { required, filled } = columnOf({ definition });
      if (required && filled === '') breaches.push({ rule: 'not-null', name });
    }
    // Also a CHECK: the version before may write what it refuses.
    if (kind === 'constraint') breaches.push({ rule: 'constraint-added', name });
    if (kind === 'index' && !isConcurrent && !smallTables.has(tableOf(name))) breaches.push({ rule: 'index-locks', name });
  }
  for (const [name, file] of filesBefore) {
    if ((filesAfter.get(name) ?? file) !== file && !smallTables.has(name)) breaches.push({ rule: 'rewritten', name });
  }
  return breaches;
}

/** The exceptions that the source of a migration claims: lines `// expand-contract: <rule> <name>: <reason>`. */
export function exceptionsIn(source: string): readonly (Breach & { readonly reason: string })[] {
  return [...source.matchAll(/^\s*\/\/ expand-contract: ([\w-]+) (\S+): (.+)$/gm)].map(([, rule = '', name = '', reason = '']) => ({
    rule: rule as Rule,
    name,
    reason,
  }));
}

function isView({ definition }: Pick<Described, 'definition'>): boolean {
  return definition.startsWith('v ');
}

/** Whether triggers take every kind of write to a view. */
function isWritable(view: string, shape: readonly Described[]): boolean {
  const triggers = shape.filter(({ kind, name }) => kind === 'trigger' && tableOf(name) === view).map(({ definition }) => definition);
  const taken = triggers.map((definition) => / INSTEAD OF (.+?) ON /.exec(definition)?.[1] ?? '').join(' OR ');
  return ['INSERT', 'UPDATE', 'DELETE'].every((write) => taken.split(' OR ').includes(write));
}

function byKey(shape: readonly Described[]): ReadonlyMap<string, Described> {
  return new Map(shape.map((described) => [`${described.kind} ${described.name}`, described]));
}

function tableOf(name: string): string {
  return name.split('.', 1)[0] ?? '';
}

function columnOf({ definition }: Pick<Described, 'definition'>): DescribedColumn {
  return JSON.parse(definition) as DescribedColumn;
}
