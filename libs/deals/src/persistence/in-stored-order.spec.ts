import { parseExactJson } from '#zakops/kernel';
import { inStoredOrder } from './in-stored-order.js';

describe(inStoredOrder.name, () => {
  it.each([
    ['{"bb":1,"a":{"d":[],"c":null},"ab":2}', '{"a":{"c":null,"d":[]},"ab":2,"bb":1}'],
    ['[{"b":1,"a":2}]', '[{"a":2,"b":1}]'],
    // Two bytes and one character, so behind one byte.
    ['{"é":1,"z":2,"zz":3}', '{"z":2,"zz":3,"é":1}'],
    ['{"b":12345678901234567890,"a":"x"}', '{"a":"x","b":12345678901234567890}'],
    ['{"__proto__":1,"a":2}', '{"a":2,"__proto__":1}'],
  ])('writes %s as %s', (given, stored) => {
    expect(JSON.stringify(inStoredOrder(parseExactJson(given)))).toBe(stored);
  });
});
