import { createHash } from 'node:crypto';
import { ENTRY_FIELDS } from './stored-entry.js';
import type { StoredEntry } from './stored-entry.js';

/** Names the canonical form; a change of the form gets another name. */
export const CANONICAL_FORM = 'zakops-audit-1';

/** What the first link has in place of the hash before it. */
export const GENESIS_HASH = '0'.repeat(64);

/** One link of the chain; hashes are hexadecimal, the instant has microseconds. */
export interface ChainLink {
  /** 1, 2, 3 ... */
  readonly position: number;
  readonly entryId: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly chainedAt: string;
}

/** The last link, or position 0 with {@link GENESIS_HASH} before the first. */
export type ChainHead = Pick<ChainLink, 'position' | 'hash'>;

/**
 * The hash that a link must have: SHA-256 over the canonical form, a JSON array without blanks of the form's name, position, hash before,
 * instant of chaining, and every column of the entry as text or null. See docs/audit.md.
 *
 * @param entry - undefined for an entry that was gone before it was chained: its columns but the id are null then
 */
export function linkHash(link: Omit<ChainLink, 'hash'>, entry: StoredEntry | undefined): string {
  const columns = ENTRY_FIELDS.map((field) => (field === 'id' ? link.entryId : (entry?.[field] ?? null)));
  const canonical = JSON.stringify([CANONICAL_FORM, link.position, link.prevHash, link.chainedAt, ...columns]);
  return createHash('sha256').update(canonical).digest('hex');
}
