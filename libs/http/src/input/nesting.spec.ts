import { findTooDeep } from './nesting.js';

describe(findTooDeep.name, () => {
  const find = (json: string): string | undefined => findTooDeep(Buffer.from(json), 2);

  it.each(['', '1', '"[[["', '[[],[]]', '{"a":{"b":1},"c":[1]}', '{"[[[":"{{{"}', '["\\"[[[",[]]', ']]][[', '"'])('takes %s', (json) => {
    expect(find(json)).toBeUndefined();
  });

  it.each([
    ['[[[', '/0/0'],
    ['[1,[2,3,[]]]', '/1/2'],
    ['{"a":1,"b":{"c\\"/~":[]}}', '/b/c"~1~0'],
    ['{"a":["x,:y",{}]}', '/a/1'],
    ['[{"caf\u00e9":{', '/0/caf\u00e9'],
  ])('finds the place in %s', (json, pointer) => {
    expect(find(json)).toBe(pointer);
  });

  it('reads a mebibyte of brackets no further than it must', () => {
    expect(find('['.repeat(1_048_576))).toBe('/0/0');
  });
});
