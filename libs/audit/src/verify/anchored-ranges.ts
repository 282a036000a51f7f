import type { ChainRange, RangeState } from './verification-report.js';

const MAX_SPOILED = 1_000;

/**
 * Works out which positions the anchors vouch for, while the chain goes by.
 *
 * @remarks An anchor vouches for the links before it as far back as each follows the one before; what lies behind a break does not lead to
 * the anchor and is contradicted, and so is a single position whose entry is not what was chained.
 */
export class AnchoredRanges {
  readonly #ranges: ChainRange[] = [];
  readonly #spoiled: number[] = [];
  /** The first position that no anchor has spoken about. */
  #open: number;
  /** The first position of the unbroken part that is going by. */
  #unbrokenFrom: number;

  constructor(from: number) {
    this.#open = from;
    this.#unbrokenFrom = from;
  }

  /** The link at `position` does not follow the one before it. */
  breakBefore(position: number): void {
    this.#unbrokenFrom = position;
  }

  /** What stands at `position` is not what was chained. */
  spoil(position: number): void {
    if (this.#spoiled.length < MAX_SPOILED) this.#spoiled.push(position);
    // Too many to be told apart: everything up to here counts as not vouched for.
    else this.breakBefore(position + 1);
  }

  /** An anchor of `position` was compared with the link there. */
  meetAnchor(position: number, matches: boolean): void {
    if (position < this.#open) {
      // A second anchor of the same position: it can only make things worse.
      if (!matches) this.spoil(position);
      return;
    }
    const vouchedFrom = matches ? Math.max(this.#open, this.#unbrokenFrom) : position + 1;
    this.push(this.#open, Math.min(vouchedFrom - 1, position), 'contradicted');
    this.push(vouchedFrom, position, 'anchored');
    this.#open = position + 1;
  }

  /** All ranges, up to the last position. */
  finish(to: number): readonly ChainRange[] {
    this.push(this.#open, to, 'unanchored');
    return mergeAlike(this.#ranges.flatMap((range) => this.withoutSpoiled(range)));
  }

  private push(from: number, to: number, state: RangeState): void {
    if (from <= to) this.#ranges.push({ from, to, state });
  }

  private withoutSpoiled(range: ChainRange): readonly ChainRange[] {
    if (range.state !== 'anchored') return [range];
    const parts: ChainRange[] = [];
    let from = range.from;
    for (const position of this.#spoiled.filter((one) => one >= range.from && one <= range.to).sort((a, b) => a - b)) {
      if (from < position) parts.push({ from, to: position - 1, state: 'anchored' });
      parts.push({ from: position, to: position, state: 'contradicted' });
      from = position + 1;
    }
    if (from <= range.to) parts.push({ from, to: range.to, state: 'anchored' });
    return parts;
  }
}

function mergeAlike(ranges: readonly ChainRange[]): readonly ChainRange[] {
  const merged: ChainRange[] = [];
  for (const range of ranges) {
    const last = merged.at(-1);
    if (last?.state === range.state) merged[merged.length - 1] = { ...last, to: range.to };
    else merged.push(range);
  }
  return merged;
}
