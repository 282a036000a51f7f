import type { Database } from '#zakops/database';
import { AppendRate } from './append-rate.js';

function setup(): AppendRate {
  const unused = {} as Database;
  return new AppendRate(unused);
}

describe(AppendRate.name, () => {
  it('gives no rate before it has watched for a second', () => {
    const rate = setup();
    expect(rate.add(100, 0)).toBeNull();
    expect(rate.add(200, 999)).toBeNull();
    expect(rate.add(200, 1_000)).toBe(100);
  });

  it('averages over the last minute', () => {
    const rate = setup();
    rate.add(0, 0);
    rate.add(6_000, 30_000);
    expect(rate.add(6_000, 60_000)).toBe(0);
    expect(rate.add(6_300, 80_000)).toBe(6);
  });

  it('starts anew when the sequence does', () => {
    const rate = setup();
    rate.add(5_000, 0);
    expect(rate.add(10, 10_000)).toBeNull();
    expect(rate.add(30, 20_000)).toBe(2);
  });
});
