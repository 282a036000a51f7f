import type { ChainHead } from '../chain/link-hash.js';

/**
 * The kinds of problems.
 *
 * - `changed`: an entry or its link is not what was chained, or stands at another position
 * - `missing`: an entry, a link, or the end of the chain is gone
 * - `forked`: a link does not follow the one before it, two links have one position, or no link can follow the last one
 * - `unchained`: an entry is in the log without a link, and not in the queue
 * - `contradicted`: an anchor names another hash than the chain has
 */
export const PROBLEM_KINDS = ['changed', 'missing', 'forked', 'unchained', 'contradicted'] as const;

/** One of {@link PROBLEM_KINDS}. */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** A problem of the chain. */
export interface ChainProblem {
  readonly kind: ProblemKind;
  /** Null for an entry without a link. */
  readonly position: number | null;
  /** Null for a link that is gone. */
  readonly entryId: string | null;
  readonly detail: string;
}

/**
 * What anchors show about a range: `anchored` leads to the hash of an anchor, `unanchored` comes after the last anchor, `contradicted` is
 * wrong or does not lead to the hash of the anchor.
 */
export const RANGE_STATES = ['anchored', 'unanchored', 'contradicted'] as const;

/** One of {@link RANGE_STATES}. */
export type RangeState = (typeof RANGE_STATES)[number];

/** A range of positions, both ends included. */
export interface ChainRange {
  readonly from: number;
  readonly to: number;
  readonly state: RangeState;
}

/** The result of a verification. */
export interface VerificationReport {
  /** True when there is no problem. */
  readonly ok: boolean;
  /** The number of checked links. */
  readonly checked: number;
  /** The head of the chain when the verification began. */
  readonly head: ChainHead;
  /** The first 1,000 problems, by position. */
  readonly problems: readonly ChainProblem[];
  /** The number of all problems. */
  readonly problemCount: number;
  /** Ranges of all requested positions, in order. */
  readonly ranges: readonly ChainRange[];
}

/** An anchor from outside of the database. */
export type KnownAnchor = ChainHead;
