import type { Figures } from '../contribute/contributes-figures.js';

/** Makes differences of counts that only grow. */
export class CountedSince {
  #last: Figures = {};

  /** What was counted since the last call; zeros are left out. */
  take(totals: Figures): Figures {
    const before = this.#last as Readonly<Record<string, number>>;
    this.#last = totals;
    const grown = Object.entries<number>(totals as Readonly<Record<string, number>>).flatMap(([key, total]) => {
      const difference = total - (before[key] ?? 0);
      return difference > 0 ? [[key, difference] as const] : [];
    });
    return Object.fromEntries(grown);
  }
}
