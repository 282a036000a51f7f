import { linkHash } from '../chain/link-hash.js';
import type { ChainLink } from '../chain/link-hash.js';
import type { StoredEntry } from '../chain/stored-entry.js';

/** A link whose hash is not that of its entry. */
export interface Suspect {
  readonly link: ChainLink;
  readonly entry: StoredEntry;
}

/**
 * Where a suspect's link or entry really belongs; undefined when it does not fit anywhere near.
 *
 * @param others - the other suspects; whoever swaps two makes both suspect
 */
export function truePosition({ link, entry }: Suspect, others: readonly Suspect[]): number | undefined {
  const positions = new Set([link.position - 1, link.position + 1, ...others.map((other) => other.link.position)]);
  for (const position of positions) {
    // The link as a whole was moved here from there.
    if (position !== link.position && linkHash({ ...link, position }, entry) === link.hash) return position;
  }
  for (const other of others) {
    if (other.link.position === link.position) continue;
    // The link there is for this entry.
    if (linkHash({ ...other.link, entryId: link.entryId }, entry) === other.link.hash) return other.link.position;
  }
  return undefined;
}
