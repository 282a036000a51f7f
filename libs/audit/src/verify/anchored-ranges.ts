import type { ChainRange, RangeState } from './verification-report.js';

const MAX_SPOILED = 1_000;

/**
 * Collects which positions lead to an anchor, while the chain is checked link by link.
 *
 * @remarks An anchor proves the links before it, back to the last break of the chain. The positions before that break are contradicted, and
 * so is a position whose entry or link is wrong.
 */
export class AnchoredRanges {
  readonly #ranges: ChainRange[] = [];
  readonly #spoiled: number[] = [];
  /** The first position after the last anchor. */
  #open: number;
  /** The first position after the last break. */
  #unbrokenFrom: number;

  constructor(from: number) {
    this.#open = from;
    this.#unbrokenFrom = from;
  }

  /** The link at `position` does not follow the one before it. */
  breakBefore(position: number): void {
    this.#unbrokenFrom = position;
  }

  /** The entry or link at `position` is wrong. */
  spoil(position: number): void {
    if (this.#spoiled.length < MAX_SPOILED) this.#spoiled.push(position);
    // Too many to list: every position up to here is contradicted.
    else this.breakBefore(position + 1);
  }

  /** An anchor was compared with the link at its position. */
  meetAnchor(position: number, matches: boolean): void {
    if (position < this.#open) {
      // A second anchor of the same position.
      if (!matches) this.spoil(position);
      return;
    }
    const provenFrom = matches ? Math.max(this.#open, this.#unbrokenFrom) : position + 1;
    this.push(this.#open, Math.min(provenFrom - 1, position), 'contradicted');
    this.push(provenFrom, position, 'anchored');
    this.#open = position + 1;
  }

  /** The ranges of all positions up to `to`. */
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
