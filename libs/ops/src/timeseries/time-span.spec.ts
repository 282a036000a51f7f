import { MOST_POINTS, toTimeSpan } from './time-span.js';

const NOW = 1_795_766_403;
const HOUR = 3_600;

describe(toTimeSpan, () => {
  it('keeps samples of ten seconds while they fit', () => {
    expect(toTimeSpan(NOW - HOUR, NOW, NOW, 720)).toEqual({
      from: 1_795_762_800,
      to: 1_795_766_410,
      stepSeconds: 10,
      bins: 361,
      isFine: true,
    });
  });

  it.each([
    ['15 minutes', HOUR / 4],
    ['six hours', 6 * HOUR],
    ['a day', 24 * HOUR],
    ['fourteen days', 14 * 24 * HOUR],
  ])('gives at most as many points as are asked for: %s', (_what, seconds) => {
    for (const points of [2, 3, 60, 359, MOST_POINTS]) {
      const span = toTimeSpan(NOW - seconds, NOW, NOW, points);
      expect(span.bins).toBeLessThanOrEqual(points);
      expect(span.from).toBeLessThanOrEqual(NOW - seconds);
      expect(span.to).toBeGreaterThanOrEqual(NOW);
      expect(span.from % span.stepSeconds).toBe(0);
    }
  });

  it('reads samples of five minutes for what is older than six hours', () => {
    expect(toTimeSpan(NOW - 7 * HOUR, NOW - 6 * HOUR, NOW, 720)).toMatchObject({ stepSeconds: 300, isFine: false });
  });
});
