import { uuidV7 } from './uuid-v7.js';

describe(uuidV7.name, () => {
  it('has the form of RFC 9562 version 7', () => {
    expect(uuidV7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('carries the milliseconds in its first 48 bits', () => {
    const farAheadMs = Date.now() + 3_600_000;
    expect(Number.parseInt(uuidV7(farAheadMs).replaceAll('-', '').slice(0, 12), 16)).toBe(farAheadMs);
  });

  it('grows strictly, past 4,096 in one millisecond and with a clock that steps back', () => {
    const nowMs = Date.now() + 7_200_000;
    const ids = Array.from({ length: 10_000 }, (_, index) => uuidV7(nowMs - (index % 3)));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
