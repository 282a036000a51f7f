import fc from 'fast-check';
import { visible, visibleLine } from './visible.js';

describe(visible.name, () => {
  it.each([
    ['a colour', '\u001B[31mred\u001B[0m', '\\u001b[31mred\\u001b[0m'],
    ['the one-character form of the same', '\u009B31mred', '\\u009b31mred'],
    [
      'a link (OSC 8)',
      '\u001B]8;;http://evil.example\u0007bill\u001B]8;;\u0007',
      '\\u001b]8;;http://evil.example\\u0007bill\\u001b]8;;\\u0007',
    ],
    ['a line that is written over', 'failed\rdone', 'failed\\u000ddone'],
    ['characters that are taken back', 'rm\b\b', 'rm\\u0008\\u0008'],
    ['a deletion', 'a\u007F', 'a\\u007f'],
    ['an order that is turned around', 'gpj\u202Eexe', 'gpj\\u202eexe'],
    ['lines and tabs, which stay', 'a\n\tb', 'a\n\tb'],
    ['letters of every script, which stay', 'Café 東京 😀 שלום', 'Café 東京 😀 שלום'],
  ])('shows %s', (_what, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('leaves JSON the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        expect(JSON.parse(visible(JSON.stringify(value, null, 2)))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});

describe(visibleLine.name, () => {
  it('keeps a text in its line', () => {
    expect(visibleLine('a\n\tb')).toBe('a\\u000a\\u0009b');
  });
});
