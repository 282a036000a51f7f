import { PreparedStatement } from '../statement.js';
import type { Statement } from '../statement.js';

const TABLE = /\bzakops\.([a-z_]+)\b(?!\s*\()/g;
const FUNCTION = /^\s*SELECT\s+([a-z_]+)\s*\(/i;
const VERB = /\b(INSERT|UPDATE|DELETE)\b/;
const MAX_TABLES = 3;
const MAX_KNOWN = 1_000;

const known = new Map<string, string>();

/** What a statement does to which tables, for example `SELECT deals`; out of few, so that traces can be grouped by it. */
export function summaryOf(statement: Statement): string {
  const text = statement instanceof PreparedStatement ? statement.text : statement;
  let summary = known.get(text);
  if (summary === undefined) {
    summary = summarise(text);
    // Texts that are put together for a query come in many forms.
    if (known.size < MAX_KNOWN) known.set(text, summary);
  }
  return summary;
}

function summarise(text: string): string {
  const first = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? 'QUERY';
  const verb = first === 'WITH' ? (VERB.exec(text)?.[1] ?? 'SELECT') : first;
  const tables = new Set(Array.from(text.matchAll(TABLE), (match) => match[1]));
  const targets = tables.size > 0 ? [...tables].slice(0, MAX_TABLES) : [FUNCTION.exec(text)?.[1] ?? ''];
  return [verb, ...targets].join(' ').trim();
}
