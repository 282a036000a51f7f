import { z } from 'zod';
import { CANONICAL_FORM } from '../chain/link-hash.js';
import type { ChainHead, ChainLink } from '../chain/link-hash.js';
import { ENTRY_FIELDS } from '../chain/stored-entry.js';
import type { StoredEntry } from '../chain/stored-entry.js';
import type { LinkedEntry } from './audit-chain.reader.js';

const SEPARATORS = /[\u2028\u2029]/g;

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const position = z.int().min(0);
const optional = z.string().nullable();

const entryLine = z.strictObject({
  position,
  prev_hash: hash,
  hash,
  chained_at: z.string(),
  id: z.string(),
  occurred_at: optional,
  actor_type: optional,
  actor_id: optional,
  action: optional,
  resource_type: optional,
  resource_id: optional,
  before: optional,
  after: optional,
  details: optional,
  address: optional,
  user_agent: optional,
  method: optional,
  path: optional,
  trace_id: optional,
});

const lastLine = z.strictObject({ form: z.literal(CANONICAL_FORM), count: z.int().min(0), head: z.strictObject({ position, hash }) });

/** The last line of an export: the number of lines before it, and the head of the chain at the start of the export. */
export interface ExportEnd {
  readonly count: number;
  readonly head: ChainHead;
}

/** A line of an export, with the columns as they are hashed, without line break. */
export function exportLine({ link, entry }: LinkedEntry): string {
  const columns = Object.fromEntries(ENTRY_FIELDS.map((field) => [field, entry?.[field] ?? null]));
  const { position: at, prevHash, hash: own, chainedAt } = link;
  const json = JSON.stringify({ position: at, prev_hash: prevHash, hash: own, chained_at: chainedAt, ...columns, id: link.entryId });
  // Some readers treat these characters as line breaks; escaped they mean the same.
  return json.replace(SEPARATORS, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}

/** The last line of an export, without which the file is incomplete. */
export function exportEnd({ count, head }: ExportEnd): string {
  return JSON.stringify({ form: CANONICAL_FORM, count, head: { position: head.position, hash: head.hash } });
}

/**
 * Reads a line of an export.
 *
 * @throws Error for any other text
 */
export function readExportLine(text: string): LinkedEntry | ExportEnd {
  const json: unknown = JSON.parse(text);
  if (typeof json === 'object' && json !== null && 'form' in json) return lastLine.parse(json);
  const { position: at, prev_hash, hash: own, chained_at, ...columns } = entryLine.parse(json);
  const link: ChainLink = { position: at, entryId: columns.id, prevHash: prev_hash, hash: own, chainedAt: chained_at };
  // `occurred_at` is null only for an entry that is gone.
  return { link, entry: columns.occurred_at === null ? undefined : (columns as StoredEntry) };
}
