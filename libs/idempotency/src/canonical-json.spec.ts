import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

describe(canonicalJson.name, () => {
  it('writes members in one order, at any depth, and keeps that of arrays', () => {
    expect(canonicalJson({ b: [2, { d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[2,{"c":null,"d":1}]}');
    expect(canonicalJson({ b: 1, a: 'x' })).toBe(canonicalJson({ a: 'x', b: 1 }));
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });

  it('tells apart what only looks alike', () => {
    const texts = [null, 'null', 0, '0', [], {}, '', [null], { '': null }, { a: { b: 1 } }, { 'a.b': 1 }, false].map(canonicalJson);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('writes both forms of a text alike, also those of a name', () => {
    expect(canonicalJson({ 'Cafe\u0301': 'Cafe\u0301' })).toBe('{"Caf\u00E9":"Caf\u00E9"}');
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value).normalize('NFC')));
      }),
    );
  });
});
