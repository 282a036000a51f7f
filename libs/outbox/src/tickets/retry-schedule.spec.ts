import { retryDelaySeconds } from './retry-schedule.js';

describe(retryDelaySeconds.name, () => {
  it.each([
    [1, 5],
    [2, 15],
    [3, 60],
    [4, 300],
    [5, 300],
  ])('waits after failure %i about %i s, 20 % less or more', (attempt, seconds) => {
    expect(retryDelaySeconds(attempt, undefined, 0.5)).toBeCloseTo(seconds, 6);
    expect(retryDelaySeconds(attempt, undefined, 0)).toBeCloseTo(seconds * 0.8, 6);
    expect(retryDelaySeconds(attempt, undefined, 1)).toBeCloseTo(seconds * 1.2, 6);
  });

  it('follows the delays that it is given', () => {
    expect([1, 2, 3].map((attempt) => retryDelaySeconds(attempt, [1, 10], 0.5))).toEqual([1, 10, 10]);
    expect(retryDelaySeconds(1, [], 0.5)).toBe(0);
  });
});
