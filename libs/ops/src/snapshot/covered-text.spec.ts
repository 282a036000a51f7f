import { coveredText } from './covered-text.js';

describe(coveredText, () => {
  const text = (body: object): string => coveredText(body, new Set(['at', 'oldest_age_seconds']), new Set(['per_second']));

  it('leaves out what follows from the clock', () => {
    expect(text({ at: 1, dlq: { total: 2, oldest_age_seconds: 3 } })).toBe('{"dlq":{"total":2}}');
  });

  it('moves with a rate only when its first digit does, and not below one', () => {
    const covered = [0, 0.9, 1.2, 18, 21, 184].map((rate) => text({ per_second: rate }));
    expect(covered).toEqual([0, 0, 1, 20, 20, 200].map((rate) => `{"per_second":${String(rate)}}`));
  });
});
