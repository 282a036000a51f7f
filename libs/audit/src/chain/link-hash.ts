import { createHash } from 'node:crypto';
import { ENTRY_FIELDS } from './stored-entry.js';
import type { StoredEntry } from './stored-entry.js';

/** The name of the canonical form. Another form needs another name. */
export const CANONICAL_FORM = 'zakops-audit-1';

/** The `prevHash` of the first link. */
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
 * The hash of a link: SHA-256 over its canonical form, which docs/audit.md describes.
 *
 * @param entry - undefined for an entry that was gone before it was chained: its columns except the id are null then
 */
export function linkHash(link: Omit<ChainLink, 'hash'>, entry: StoredEntry | undefined): string {
  const columns = ENTRY_FIELDS.map((field) => (field === 'id' ? link.entryId : (entry?.[field] ?? null)));
  const canonical = JSON.stringify([CANONICAL_FORM, link.position, link.prevHash, link.chainedAt, ...columns]);
  return createHash('sha256').update(canonical).digest('hex');
}
