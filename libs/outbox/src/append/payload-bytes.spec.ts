import { payloadBytes } from './payload-bytes.js';

describe(payloadBytes.name, () => {
  it.each([
    [{ text: 'ü€' }, 16],
    [{ n: 1.5, b: true, e: null }, 27],
    [[1e300], 8 + 300],
    [[-1e21, 2.5e-7], '[-1e+21,2.5e-7]'.length + 21 + 7],
    [{ '1e300': '"1e300\\' }, 21],
    [{ a: '1e300', b: 1e25 }, '{"a":"1e300","b":1e+25}'.length + 25],
  ])('counts %j', (payload, bytes) => {
    expect(payloadBytes(JSON.stringify(payload))).toBe(bytes);
  });
});
