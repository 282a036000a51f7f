import type { ChainHead } from '../chain/link-hash.js';

/**
 * What can be wrong.
 *
 * - `changed`: an entry or its link is not what was chained
 * - `missing`: an entry, a link, or the end of the chain is gone
 * - `reordered`: an entry or a link stands at another position than its own
 * - `forked`: a link is sound in itself but does not follow the one before it, or two links have one position
 * - `unchained`: an entry is in the log that was not written the usual way
 * - `contradicted`: an anchor names another hash than the chain has
 */
export const PROBLEM_KINDS = ['changed', 'missing', 'reordered', 'forked', 'unchained', 'contradicted'] as const;

/** One of {@link PROBLEM_KINDS}. */
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

/** One thing that is wrong. */
export interface ChainProblem {
  readonly kind: ProblemKind;
  /** Null for an entry that has none. */
  readonly position: number | null;
  /** Null for a link that is gone. */
  readonly entryId: string | null;
  readonly detail: string;
}

/**
 * What anchors say of a range: `anchored` leads to an anchor's hash, `unanchored` comes after the last anchor, `contradicted` does not
 * lead to what an anchor says.
 */
export const RANGE_STATES = ['anchored', 'unanchored', 'contradicted'] as const;

/** One of {@link RANGE_STATES}. */
export type RangeState = (typeof RANGE_STATES)[number];

/** Positions, both included. */
export interface ChainRange {
  readonly from: number;
  readonly to: number;
  readonly state: RangeState;
}

/** What a verification found. */
export interface VerificationReport {
  /** True when there is no problem. */
  readonly ok: boolean;
  /** How many links were checked. */
  readonly checked: number;
  /** The end of the chain when the verification began. */
  readonly head: ChainHead;
  /** The first 1,000, by position. */
  readonly problems: readonly ChainProblem[];
  /** How many there are in all. */
  readonly problemCount: number;
  /** Every position that was asked for, in order. */
  readonly ranges: readonly ChainRange[];
}

/** A head that was noted outside of the database. */
export type KnownAnchor = ChainHead;
