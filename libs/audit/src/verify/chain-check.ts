import { linkHash } from '../chain/link-hash.js';
import type { ChainHead, ChainLink } from '../chain/link-hash.js';
import type { StoredEntry } from '../chain/stored-entry.js';
import { AnchoredRanges } from './anchored-ranges.js';
import { truePosition } from './misplaced.js';
import type { Suspect } from './misplaced.js';
import type { ChainProblem, KnownAnchor, ProblemKind, VerificationReport } from './verification-report.js';

/** The most problems that a report lists. */
export const MAX_PROBLEMS = 1_000;

// Each is compared with every other.
const MAX_SUSPECTS = 100;

const CHANGED = 'The entry or its link is not what was chained.';

/**
 * Checks a chain while it goes by, link after link, in bounded memory. It knows neither database nor file.
 *
 * @remarks Every hash is computed anew from the entry as it is now.
 */
export class ChainCheck {
  readonly #anchors: KnownAnchor[];
  readonly #ranges: AnchoredRanges;
  readonly #problems: ChainProblem[] = [];
  readonly #suspects: Suspect[] = [];
  #problemCount = 0;
  #checked = 0;
  #last: { readonly position: number; readonly hash: string | undefined };
  #lastIsSound = true;

  /**
   * @param before - the link before the first one to check; its hash is undefined when it is not known, and is then not compared
   * @param anchors - in any order; those before the first link are not considered
   */
  constructor(before: { readonly position: number; readonly hash: string | undefined }, anchors: readonly KnownAnchor[]) {
    this.#last = before;
    this.#ranges = new AnchoredRanges(before.position + 1);
    this.#anchors = anchors.filter(({ position }) => position > before.position).sort((a, b) => a.position - b.position);
  }

  /** The last position that went by. */
  get position(): number {
    return this.#last.position;
  }

  /** Takes the next link and its entry, which is undefined when it is gone. */
  add(link: ChainLink, entry: StoredEntry | undefined): void {
    this.#checked += 1;
    if (link.position <= this.#last.position) {
      this.report('forked', link, 'Two links have this position.');
      this.#ranges.spoil(link.position);
      return;
    }
    const follows = this.checkPlace(link);
    const sound = this.checkEntry(link, entry);
    if (!sound) this.#ranges.spoil(link.position);
    // Beside a link that is wrong itself this is no news.
    else if (!follows && this.#lastIsSound) this.report('forked', link, 'The link does not follow the one before it.');
    this.#last = link;
    this.#lastIsSound = sound;
    this.meetAnchors(link);
  }

  /** An entry that has no link. */
  addUnchained(entryId: string): void {
    this.report('unchained', { position: null, entryId }, 'The entry was put into the log without being queued for the chain.');
  }

  /** Something that is wrong as a whole. */
  addMissing(position: number | null, detail: string): void {
    this.report('missing', { position, entryId: null }, detail);
  }

  /**
   * What was found.
   *
   * @param head - the end of the chain
   * @param to - the last position that was asked for
   */
  finish(head: ChainHead, to: number): VerificationReport {
    if (this.#last.position < to) this.reportGap(to + 1);
    for (const anchor of this.#anchors.splice(0)) {
      this.report(
        'missing',
        { position: anchor.position, entryId: null },
        `The chain ends at ${String(to)}, but an anchor names this position.`,
      );
      this.#ranges.meetAnchor(anchor.position, false);
      to = Math.max(to, anchor.position);
    }
    this.judgeSuspects();
    const problems = this.#problems.sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity));
    const found = { checked: this.#checked, head, problems, problemCount: this.#problemCount };
    return { ok: this.#problemCount === 0, ...found, ranges: this.#ranges.finish(to) };
  }

  /** Notes that no link can follow the last one. */
  addStopped(): void {
    this.report('forked', { position: null, entryId: null }, 'No link can follow the last one: entries wait, and are not chained.');
  }

  /** False when the link names another hash as the one before it. Behind a gap nobody can tell. */
  private checkPlace(link: ChainLink): boolean {
    if (link.position > this.#last.position + 1) {
      this.reportGap(link.position);
      return true;
    }
    if (this.#last.hash === undefined || link.prevHash === this.#last.hash) return true;
    this.#ranges.breakBefore(link.position);
    return false;
  }

  private reportGap(next: number): void {
    const from = this.#last.position + 1;
    const which = from === next - 1 ? `Link ${String(from)} is` : `Links ${String(from)} to ${String(next - 1)} are`;
    this.report('missing', { position: from, entryId: null }, `${which} gone.`);
    this.#ranges.breakBefore(next);
    this.meetAnchors({ position: next - 1, hash: undefined });
  }

  /** False when the entry is not what was chained. */
  private checkEntry(link: ChainLink, entry: StoredEntry | undefined): boolean {
    if (entry === undefined) {
      const wasGone = linkHash(link, undefined) === link.hash;
      this.report('missing', link, wasGone ? 'The entry was gone before it was chained.' : 'The entry is gone.');
      return false;
    }
    if (linkHash(link, entry) === link.hash) return true;
    if (this.#suspects.length < MAX_SUSPECTS) this.#suspects.push({ link, entry });
    else this.report('changed', link, CHANGED);
    return false;
  }

  private judgeSuspects(): void {
    for (const suspect of this.#suspects) {
      const position = truePosition(suspect, this.#suspects);
      if (position === undefined) this.report('changed', suspect.link, CHANGED);
      else this.report('reordered', suspect.link, `What stands here belongs at position ${String(position)}.`);
    }
  }

  /** Compares the anchors of a position; its hash is undefined when the link is gone. */
  private meetAnchors({ position, hash }: { readonly position: number; readonly hash: string | undefined }): void {
    for (let next = this.#anchors[0]; next !== undefined && next.position <= position; next = this.#anchors[0]) {
      this.#anchors.shift();
      const matches = next.position === position && next.hash === hash;
      if (!matches)
        this.report('contradicted', { position: next.position, entryId: null }, 'An anchor names another hash for this position.');
      this.#ranges.meetAnchor(next.position, matches);
    }
  }

  private report(kind: ProblemKind, at: { readonly position: number | null; readonly entryId: string | null }, detail: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ kind, position: at.position, entryId: at.entryId, detail });
  }
}
