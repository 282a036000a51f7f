import { lockSeconds } from './login-delay.js';

describe(lockSeconds.name, () => {
  it('forgives four failures, then waits longer after each, up to a quarter of an hour', () => {
    expect([1, 4, 5, 6, 7, 8, 9, 10, 11, 1_000_000].map(lockSeconds)).toEqual([0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
  });
});
