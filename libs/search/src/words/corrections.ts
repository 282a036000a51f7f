const SHORTEST = 4;
const LONG = 8;
const MOST_CORRECTIONS = 3;
const LETTERS_ONLY = /^\p{L}+$/u;

/** Whether a word may be misspelled: a number or a code is meant as it is, and a short word is near too many others. */
export function mayBeMisspelled(word: string): boolean {
  return word.length >= SHORTEST && LETTERS_ONLY.test(word);
}

/**
 * Chooses the words that were meant by a misspelled one: one letter wrong, missing, too many or two exchanged; two of them in a word of
 * eight letters and more. The beginning of a longer word counts as a word.
 *
 * @param candidates - words that are alike
 * @returns at most three, the nearest first, of those as near in the order given
 */
export function chooseCorrections(word: string, candidates: Iterable<string>): readonly string[] {
  const allowed = word.length >= LONG ? 2 : 1;
  return [...new Set(candidates)]
    .filter((candidate) => !candidate.startsWith(word))
    .map((candidate) => ({
      candidate,
      distance: editDistance(word, candidate.length > word.length + allowed ? candidate.slice(0, word.length) : candidate),
    }))
    .filter(({ distance }) => distance <= allowed)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, MOST_CORRECTIONS)
    .map(({ candidate }) => candidate);
}

/** Insertions, deletions, replacements and exchanges of neighbours that lead from one word to the other. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1];
      let cost = Math.min((last[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (isSame ? 0 : 1));
      if (row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      next.push(cost);
    }
    [beforeLast, last] = [last, next];
  }
  return last[to.length] ?? 0;
}
