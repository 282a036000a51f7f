/**
 * Divides `count` among holders in proportion to what they hold; nobody gets more than it holds.
 *
 * @returns whole numbers, which add up to `count`, or to all that is held when that is less
 */
export function inProportion(count: number, held: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const total = [...held.values()].reduce((sum, each) => sum + each, 0);
  const wanted = Math.min(count, total);
  let heldSoFar = 0;
  let givenSoFar = 0;
  const shares = new Map<string, number>();
  for (const [name, each] of held) {
    heldSoFar += each;
    // Rounding what was given so far, and not each share, keeps the sum exact.
    const given = total === 0 ? 0 : Math.round((wanted * heldSoFar) / total);
    shares.set(name, given - givenSoFar);
    givenSoFar = given;
  }
  return shares;
}
