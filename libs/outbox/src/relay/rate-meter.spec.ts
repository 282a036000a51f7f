import { performance } from 'node:perf_hooks';
import { RateMeter } from './rate-meter.js';

describe(RateMeter.name, () => {
  it('averages over what it has, then over the last minute', () => {
    const startMs = Math.ceil(performance.now());
    const meter = new RateMeter();
    meter.add(100);
    expect(meter.sample(startMs + 10_000)).toBeCloseTo(10, 0);
    for (let second = 20; second <= 120; second += 10) meter.sample(startMs + second * 1_000);
    expect(meter.sample(startMs + 130_000)).toBe(0);
    meter.add(60);
    expect(meter.sample(startMs + 140_000)).toBeCloseTo(1, 1);
  });
});
