import { foldText, toNfc } from './text-forms.js';

describe(toNfc.name, () => {
  it('composes, and keeps what is no other form of the same', () => {
    expect(toNfc('Cafe\u0301 \u212B ﬁ Ａ ß')).toBe('Caf\u00E9 \u00C5 ﬁ Ａ ß');
  });
});

describe(foldText.name, () => {
  it.each([
    ['composed and decomposed', 'Caf\u00E9', 'Cafe\u0301'],
    ['case', 'ÉCOLE', 'école'],
    ['the German sharp s', 'STRASSE', 'straße'],
    ['the German capital sharp s', 'STRAẞE', 'Straße'],
    ['final and other sigma', 'ΟΔΟΣ', 'οδος'],
    ['the Turkish capital I with a dot', 'İZMİR', 'izmir'],
    ['full width', 'Ａ％', 'a%'],
    ['ligatures', 'oﬃce', 'OFFICE'],
    ['Roman numerals and signs', 'Ⅳ™', 'ivtm'],
    ['capitals that have no composed form', 'J\u030C', '\u01F0'],
    ['marks in another order', 'q\u0323\u0307', 'q\u0307\u0323'],
  ])('makes one of two: %s', (_, one, other) => {
    expect(foldText(one)).toBe(foldText(other));
  });

  it.each([
    ['accents', 'cafe', 'café'],
    ['the Turkish i without a dot', 'ı', 'i'],
    ['white space', 'a b', 'ab'],
    ['letters of other scripts', 'a', 'а'],
  ])('keeps apart: %s', (_, one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });
});
