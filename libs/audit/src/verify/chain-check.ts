import { linkHash } from '../chain/link-hash.js';
import type { ChainHead, ChainLink } from '../chain/link-hash.js';
import type { StoredEntry } from '../chain/stored-entry.js';
import { AnchoredRanges } from './anchored-ranges.js';
import type { ChainProblem, KnownAnchor, ProblemKind, VerificationReport } from './verification-report.js';

/** The most problems that a report lists. */
const MAX_PROBLEMS = 1_000;

type Place = Pick<ChainProblem, 'position' | 'entryId'>;

/**
 * Checks a chain link by link, in bounded memory, without database or file.
 *
 * @remarks Every hash is computed from the entry as it is now.
 */
export class ChainCheck {
  /** Not yet compared, by position. */
  readonly #anchors: KnownAnchor[];
  readonly #ranges: AnchoredRanges;
  readonly #problems: ChainProblem[] = [];
  #problemCount = 0;
  #checked = 0;
  #last: { readonly position: number; readonly hash: string | undefined };
  #lastIsSound = true;

  /**
   * @param before - the link before the first one to check; an undefined hash is not compared
   * @param anchors - in any order; those before the first link are ignored
   */
  constructor(before: { readonly position: number; readonly hash: string | undefined }, anchors: readonly KnownAnchor[]) {
    this.#last = before;
    this.#ranges = new AnchoredRanges(before.position + 1);
    this.#anchors = anchors.filter(({ position }) => position > before.position).sort((a, b) => a.position - b.position);
  }

  /** The last position that was checked. */
  get position(): number {
    return this.#last.position;
  }

  /** Checks the next link and its entry; undefined for an entry that is gone. */
  add(link: ChainLink, entry: StoredEntry | undefined): void {
    this.#checked += 1;
    if (link.position <= this.#last.position) {
      this.report('forked', link, 'Two links have this position.');
      this.#ranges.spoil(link.position);
      return;
    }
    const isBehindGap = link.position > this.#last.position + 1;
    if (isBehindGap) this.reportGap(link.position);
    const follows = isBehindGap || this.#last.hash === undefined || link.prevHash === this.#last.hash;
    if (!follows) this.#ranges.breakBefore(link.position);
    const isSound = this.checkEntry(link, entry);
    // A wrong link is reported already, and its hash says nothing about the link after it.
    if (!follows && isSound && this.#lastIsSound) this.report('forked', link, 'The link does not follow the one before it.');
    this.#last = link;
    this.#lastIsSound = isSound;
    this.compareAnchors(link.position, link.hash);
  }

  /** Reports an entry that has no link. */
  addUnchained(entryId: string): void {
    this.report('unchained', { position: null, entryId }, 'The entry was put into the log without being queued for the chain.');
  }

  /** Reports that something is missing that is no link. */
  addMissing(position: number | null, detail: string): void {
    this.report('missing', { position, entryId: null }, detail);
  }

  /** Compares anchors of the last link that retention has removed: the first link here follows it. */
  compareStart(start: ChainHead, anchors: readonly KnownAnchor[]): void {
    for (const { position, hash } of anchors) {
      if (position !== start.position || hash === start.hash) continue;
      this.report('contradicted', { position, entryId: null }, 'An anchor names another hash for the last link that was removed.');
    }
  }

  /** Reports that no link can follow the last one. */
  addStopped(): void {
    this.report('forked', { position: null, entryId: null }, 'No link can follow the last one: entries wait, and are not chained.');
  }

  /**
   * Completes the check.
   *
   * @param head - the end of the chain
   * @param to - the last position that was asked for
   */
  finish(head: ChainHead, to: number): VerificationReport {
    if (this.#last.position < to) this.reportGap(to + 1);
    const beyond = this.#anchors.splice(0);
    for (const { position } of beyond) {
      this.report('missing', { position, entryId: null }, `The chain ends at ${String(to)}, but an anchor names this position.`);
      this.#ranges.meetAnchor(position, false);
    }
    return {
      ok: this.#problemCount === 0,
      checked: this.#checked,
      head,
      problems: this.#problems.sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity)),
      problemCount: this.#problemCount,
      ranges: this.#ranges.finish(beyond.at(-1)?.position ?? to),
    };
  }

  /** Checks that a link is that of its entry; false when it is not. */
  private checkEntry(link: ChainLink, entry: StoredEntry | undefined): boolean {
    const isSound = linkHash(link, entry) === link.hash;
    if (entry !== undefined && isSound) return true;
    this.#ranges.spoil(link.position);
    if (entry !== undefined) this.report('changed', link, 'The entry or its link is not what was chained.');
    else this.report('missing', link, isSound ? 'The entry was gone before it was chained.' : 'The entry is gone.');
    return false;
  }

  /** Reports that the links from the last one up to `next` are gone. */
  private reportGap(next: number): void {
    const from = this.#last.position + 1;
    const which = from === next - 1 ? `Link ${String(from)} is` : `Links ${String(from)} to ${String(next - 1)} are`;
    this.report('missing', { position: from, entryId: null }, `${which} gone.`);
    this.#ranges.breakBefore(next);
    this.compareAnchors(next - 1, undefined);
  }

  /** Compares the anchors up to a position; its hash is undefined when its link is gone. */
  private compareAnchors(position: number, hash: string | undefined): void {
    for (let anchor = this.#anchors[0]; anchor !== undefined && anchor.position <= position; anchor = this.#anchors[0]) {
      this.#anchors.shift();
      const matches = anchor.position === position && anchor.hash === hash;
      if (!matches)
        this.report('contradicted', { position: anchor.position, entryId: null }, 'An anchor names another hash for this position.');
      this.#ranges.meetAnchor(anchor.position, matches);
    }
  }

  private report(kind: ProblemKind, { position, entryId }: Place, detail: string): void {
    this.#problemCount += 1;
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ kind, position, entryId, detail });
  }
}
