import fc from 'fast-check';
import { inProportion } from './in-proportion.js';

describe(inProportion.name, () => {
  it.each<[number, readonly [string, number][], readonly number[]]>([
    [
      10,
      [
        ['a', 30],
        ['b', 10],
      ],
      [8, 2],
    ],
    [
      1,
      [
        ['a', 1],
        ['b', 1],
        ['c', 1],
      ],
      [0, 1, 0],
    ],
    [
      100,
      [
        ['a', 3],
        ['b', 4],
      ],
      [3, 4],
    ],
    [
      5,
      [
        ['a', 0],
        ['b', 0],
      ],
      [0, 0],
    ],
    [5, [], []],
  ])('divides %d among %j', (count, held, expected) => {
    expect([...inProportion(count, new Map(held)).values()]).toEqual(expected);
  });

  it('gives all that is wanted and there, and nobody more than it holds', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.array(fc.nat(1_000), { maxLength: 20 }), (count, numbers) => {
        const held = new Map(numbers.map((each, n) => [String(n), each]));
        const shares = inProportion(count, held);
        const total = numbers.reduce((sum, each) => sum + each, 0);
        expect([...shares.values()].reduce((sum, each) => sum + each, 0)).toBe(Math.min(count, total));
        for (const [name, share] of shares) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(held.get(name) ?? 0);
        }
      }),
    );
  });
});
